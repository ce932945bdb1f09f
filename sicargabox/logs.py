"""Log lines: one JSON object each in production, readable in development, without secrets.

What is bound to the context (request_id, run_id, task_id, attempt) stands in every line that is
written meanwhile, whichever library writes it: structlog and the standard library share one way.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from admintools.jobs.texts import scrub

# Longer texts lose their middle: a line is to be read, and its cost bounded.
LONGEST = 16_000
DEEPEST = 4
HIDDEN = "***"
# Of ours, and told from no person: a worker is called general@host.example, as a mailbox would be.
KEPT = frozenset({"run_id", "task_id", "request_id", "attempt", "worker", "logger", "timestamp"})
_SECRET_NAME = re.compile(
    r"passw|secret|token|api_?key|authorization|cookie|session|credential", re.IGNORECASE
)
_PERSONAL = re.compile(
    # An address of e-mail.
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    # A Honduran identity number (DNI, 13 digits) or tax number (RTN, 14): the municipality, the
    # year of birth or registration, a number.
    r"|(?<![\w-])(?:0[1-9]|1[0-8])\d{2}[ -]?(?:19|20)\d{2}[ -]?\d{5,6}(?![\w-])"
    # A telephone number with the country's, or written in two groups; eight bare digits may count
    # anything.
    r"|\+\d{1,3}[ -]?\(?\d{1,4}\)?(?:[ -]?\d{2,4}){2,4}(?!\w)"
    r"|(?<![\w.-])[23789]\d{3}[ -]\d{4}(?![\w-]|\.\d)"
)

EventDict = MutableMapping[str, Any]

# For lines of structlog and of the standard library alike.
SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def without_personal(text: str) -> str:
    """The text without secrets, addresses of e-mail, telephone and identity numbers."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
    return _PERSONAL.sub(HIDDEN, scrub(text))


def scrubbed(logger: Any, method: str, event: EventDict) -> EventDict:
    """A processor: the line as it may be kept by whoever keeps logs."""
    for name, value in event.items():
        event[name] = value if name in KEPT else _shown(name, value)
    return event


def _shown(name: str, value: Any, depth: int = 0) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, Mapping) and depth < DEEPEST:
        return {str(key): _shown(str(key), each, depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple | set) and depth < DEEPEST:
        return [_shown(name, each, depth + 1) for each in value]
    return without_personal(str(value))


def formatter(form: str) -> logging.Formatter:
    """For LOGGING: ``form`` is "json" or "text"."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            scrubbed,
            _json() if form == "json" else _text(),
        ],
    )


def _json() -> Any:
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _text() -> Any:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        pad_event_to=0,
        # Of what is formatted already: the scrubber must have seen it.
        exception_formatter=structlog.dev.plain_traceback,
    )


def configure() -> None:
    """Lead structlog's own loggers and Python's warnings to the standard library's handlers."""
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
