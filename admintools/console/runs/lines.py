"""Log lines as the page and the socket tell them."""

from collections.abc import Iterable
from typing import Any

from django.utils import formats, timezone

from admintools.console.formatting import moment
from admintools.jobs.models import LogLine, TaskHistory
from admintools.jobs.texts import render

SHOWN = 200


def last_lines(run: TaskHistory, after: int = 0) -> list[dict[str, Any]]:
    """The newest lines beyond the id ``after``, at most SHOWN, oldest first."""
    newest = run.lines.filter(id__gt=after).order_by("-id")[:SHOWN]
    return told(
        {"id": n.pk, "at": n.at, "level": n.level, "text": n.text, "params": n.params}
        for n in reversed(newest)
    )


def told(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines with msgids, as ``{id, at, time, level, level_text, text}`` in the active language."""
    return [
        {
            "id": line["id"],
            "at": line["at"] if isinstance(line["at"], str) else line["at"].isoformat(),
            "time": formats.date_format(timezone.localtime(moment(line["at"])), "H:i:s"),
            "level": line["level"],
            "level_text": str(LogLine.Level(line["level"]).label),
            "text": render(line["text"], line["params"]),
        }
        for line in lines
    ]
