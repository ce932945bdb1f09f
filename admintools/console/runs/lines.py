"""Log lines as the page, the socket and the log's own page tell them.

However long a log is, each of these reads a bounded number of lines, by key.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import formats, timezone

from admintools.console.formatting import moment
from admintools.jobs.models import LogLine, TaskHistory
from admintools.jobs.texts import render

SHOWN = 200
PER_PAGE = 500
TOLD = ("id", "at", "level", "text", "params", "item")
# What a reader may ask for, and the levels it means.
LEVELS = {"warning": ("warning", "error"), "error": ("error",)}


def last_lines(run: TaskHistory, after: int = 0) -> list[dict[str, Any]]:
    """The newest lines beyond the id ``after``, at most SHOWN, oldest first."""
    newest = run.lines.filter(id__gt=after).order_by("-id").values(*TOLD)[:SHOWN]
    return told(reversed(newest))


def lines_of(run: TaskHistory, level: str = "") -> QuerySet[LogLine]:
    """All lines, or those of that level and worse; any other word means all."""
    levels = LEVELS.get(level)
    return run.lines.filter(level__in=levels) if levels else run.lines.all()


@dataclass(frozen=True)
class LogPage:
    """Lines, oldest first. ``older`` and ``newer`` are the ids to go on from, None at an end."""

    lines: list[dict[str, Any]]
    older: int | None
    newer: int | None


def log_page(
    lines: QuerySet[LogLine], *, before: int | None = None, after: int | None = None
) -> LogPage:
    """So many lines below the id ``before``, above ``after``, or the newest."""
    rows = lines.values(*TOLD)
    if after is not None:
        found = list(rows.filter(id__gt=after).order_by("id")[: PER_PAGE + 1])
        page = found[:PER_PAGE]
        more_older, more_newer = bool(page) and after > 0, len(found) > PER_PAGE
    else:
        bounded = rows if before is None else rows.filter(id__lt=before)
        found = list(bounded.order_by("-id")[: PER_PAGE + 1])
        page = found[:PER_PAGE][::-1]
        more_older, more_newer = len(found) > PER_PAGE, bool(page) and before is not None
    return LogPage(
        told(page),
        older=page[0]["id"] if more_older else None,
        newer=page[-1]["id"] if more_newer else None,
    )


def told(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines with msgids, as ``{id, at, time, level, level_text, item, text}`` in the active
    language. The text of a line about one item begins with its name."""
    levels = {level.value: str(level.label) for level in LogLine.Level}
    return [
        {
            "id": line["id"],
            "at": line["at"] if isinstance(line["at"], str) else line["at"].isoformat(),
            "time": formats.date_format(timezone.localtime(moment(line["at"])), "H:i:s"),
            "level": line["level"],
            "level_text": levels[line["level"]],
            "item": line["item"],
            "text": said(line),
        }
        for line in lines
    ]


def said(line: dict[str, Any]) -> str:
    text = render(line["text"], line["params"])
    return f"{line['item']}: {text}" if line["item"] else text


def pieces_of_text(lines: QuerySet[LogLine]) -> Iterator[str]:
    """The log as plain text, a page of lines at a time: time, level, text, one line each."""
    rows, reached = lines.order_by("id").values(*TOLD), 0
    while found := list(rows.filter(id__gt=reached)[:PER_PAGE]):
        yield "".join(_plain(line) for line in found)
        reached = found[-1]["id"]


def _plain(line: dict[str, Any]) -> str:
    # One line of the log is one line of the file, whatever the work wrote into it.
    text = " ".join(said(line).split())
    at = timezone.localtime(line["at"]).strftime("%Y-%m-%d %H:%M:%S")
    return f"{at} {line['level'].upper():7} {text}\n"
