"""The lines of the CSV file, read and written a thousand runs at a time."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from admintools.console.formatting import number
from admintools.console.spreadsheet import BOM, line
from admintools.jobs.models import TaskHistory
from admintools.jobs.snapshot import state_of
from admintools.jobs.texts import render

from .keyset import Parts, Place, below

MOST_ROWS = 100_000
AT_ONCE = 1000


class Export:
    """The file in pieces, for either kind of server: each holds so many runs, in one language.

    Iterate it, or iterate it asynchronously: the database is then read in a thread, piece by
    piece, at the pace of whoever reads.
    """

    def __init__(self, parts: Parts, *, most: int = MOST_ROWS, at_once: int = AT_ONCE) -> None:
        self._parts = parts
        self._left, self._most, self._at_once = most, most, at_once
        self._language = translation.get_language() or "en"
        self._pieces = self._made()

    def __iter__(self) -> Iterator[str]:
        return iter(self._next, "")

    async def __aiter__(self) -> AsyncIterator[str]:
        while piece := await sync_to_async(self._next)():
            yield piece

    def _next(self) -> str:
        with translation.override(self._language):
            return next(self._pieces, "")

    def _made(self) -> Iterator[str]:
        yield BOM + line(_header())
        place = None
        while runs := below(self._parts, self._at_once, place):
            shown = runs[: self._left]
            yield "".join(line(_cells(run)) for run in shown)
            self._left -= len(shown)
            if len(shown) < len(runs):
                break
            place = Place.of(runs[-1])
        if runs:
            yield line([_cut_sentence(self._most)])


def _cut_sentence(most: int) -> str:
    return _("There are more: a file holds %(n)s runs at most. Choose fewer days.") % {
        "n": number(most)
    }


def _header() -> list[str]:
    return [
        _("Run id"),
        _("Job"),
        _("Job's name"),
        _("State"),
        _("Status"),
        _("Started by"),
        _("Set off by"),
        _("Launched"),
        _("Started"),
        _("Ended"),
        _("Seconds"),
        _("Done"),
        _("Total"),
        _("Attempt"),
        _("Queue"),
        _("Worker"),
        _("Error code"),
        _("Error"),
        _("Parameters"),
        _("Result"),
    ]


def _cells(run: TaskHistory) -> list[Any]:
    took = (run.finished_at - run.started_at) if run.finished_at and run.started_at else None
    return [
        run.task_id,
        run.label,
        run.job,
        state_of(run).label,
        run.status,
        run.initiated_by,
        run.get_source_display(),
        _time(run.created_at),
        _time(run.started_at),
        _time(run.finished_at),
        None if took is None else round(took.total_seconds(), 1),
        run.done,
        run.total,
        run.attempt,
        run.queue,
        run.worker,
        run.error_code,
        render(run.error_message, run.error_params),
        json.dumps(run.parameters, ensure_ascii=False) if run.parameters else None,
        json.dumps(run.result, ensure_ascii=False) if run.result else None,
    ]


def _time(moment: datetime | None) -> str:
    """In the site's time zone, as a spreadsheet takes it for a time."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
