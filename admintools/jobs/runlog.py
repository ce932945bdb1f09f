"""What the log says of each attempt of a run; every line written meanwhile names both."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from .models import Status, TaskHistory

logger = structlog.get_logger(__name__)

REQUEST_ID = "request_id"


def request_id() -> str:
    """That of the request which is being answered; "" outside of one."""
    return str(structlog.contextvars.get_contextvars().get(REQUEST_ID, ""))


@contextmanager
def of_message(run_id: int, attempt: int, request_id: str = "") -> Iterator[None]:
    """Bind whose message is being worked off. ``request_id``: of the click behind it, if known."""
    asked = {REQUEST_ID: request_id} if request_id else {}
    with structlog.contextvars.bound_contextvars(run_id=run_id, attempt=attempt, **asked):
        yield


@contextmanager
def of_attempt(run: TaskHistory) -> Iterator[None]:
    """Bind the run, say that its attempt began and, by the row as it then stands, how it ended."""
    bound = structlog.contextvars.bound_contextvars(
        run_id=run.pk, task_id=run.task_id, attempt=run.attempt
    )
    with bound:
        began = time.monotonic()
        logger.info("task_started", job=run.job, queue=run.queue, worker=run.worker)
        try:
            yield
        except BaseException as error:
            logger.error("task_failed", job=run.job, error=type(error).__name__)
            raise
        _ended(run, round(time.monotonic() - began, 3))


def _ended(run: TaskHistory, seconds: float) -> None:
    told = {"job": run.job, "status": run.status, "seconds": seconds}
    if run.status == Status.SUCCESS:
        logger.info("task_completed", **told)
    elif run.error_code:
        # Also where another attempt follows (status RETRY).
        logger.warning("task_failed", **told, error=run.error_code)
    else:
        # Cancelled, or handed on by a worker that leaves: nothing broke.
        logger.info("task_stopped", **told)
