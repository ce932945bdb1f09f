"""What the statistics page shows, in the reader's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console.formatting import clock, duration, number, when
from admintools.jobs.registry import registry
from admintools.watch.models import QueueHour

from . import pictures
from .pictures import Picture
from .tallies import Tally, depths


@dataclass(frozen=True)
class Row:
    """A line of the table: of one job (``slug``), or of one column of the picture."""

    label: str
    tally: Tally
    slug: str = ""


def job_rows(tallies: dict[str, Tally]) -> list[Row]:
    """By job, in the order of their names; one that this version does not have by its slug."""
    rows = [
        Row(str(job.label) if (job := registry.find(slug)) else slug, tally, slug)
        for slug, tally in tallies.items()
    ]
    return sorted(rows, key=lambda row: row.label)


def column_rows(starts: Sequence[datetime], tallies: Sequence[Tally], hours: int) -> list[Row]:
    """Those in which a run ended, the newest first."""
    rows = [
        Row(column_name(start, hours), tally)
        for start, tally in zip(starts, tallies, strict=True)
        if tally.runs
    ]
    return rows[::-1]


def column_name(start: datetime, hours: int) -> str:
    """today, 06:00; a whole day without the time."""
    return when(start).rpartition(",")[0] if hours == 24 else when(start)


def runs_picture(tallies: Sequence[Tally]) -> Picture:
    runs = sum(tally.runs for tally in tallies)
    failures = sum(tally.failures for tally in tallies)
    spoken = ngettext(
        "%(n)s run ended, %(failed)s failed.", "%(n)s runs ended, %(failed)s failed.", runs
    )
    return pictures.columns(
        [(tally.runs, tally.failures) for tally in tallies],
        number,
        spoken % {"n": number(runs), "failed": number(failures)},
    )


def level_picture(tallies: Sequence[Tally], whole: Tally, what: str) -> Picture | None:
    """``what``: duration or wait."""
    half, high = (getattr(whole, f"{what}_{p}") for p in ("p50", "p95"))
    spoken = _("Half of the runs: %(half)s at most; 95 of 100: %(high)s at most.") % {
        "half": duration(half),
        "high": duration(high),
    }
    levels: dict[str, Sequence[float | None]] = {
        "p95": [getattr(tally, f"{what}_p95") for tally in tallies],
        "p50": [getattr(tally, f"{what}_p50") for tally in tallies],
    }
    return pictures.lines(levels, lambda level: duration(float(level)), spoken)


def queue_pictures(
    hours: Iterable[QueueHour], starts: Sequence[datetime]
) -> list[tuple[str, Picture]]:
    """(queue, picture) of those that ever held something."""
    found: list[tuple[str, Picture]] = []
    for queue, levels in sorted(depths(hours, starts).items()):
        most = max(level or 0 for level in levels)
        spoken = _("At most %(n)s waited in the queue %(queue)s.") % {
            "n": number(most),
            "queue": queue,
        }
        picture = pictures.lines({"p50": levels}, number, spoken)
        if most and picture:
            found.append((queue, picture))
    return found


def ends(starts: Sequence[datetime], hours: int) -> dict[str, Any]:
    """What stands below a picture: its first column and now."""
    return {"first": column_name(starts[0], hours), "last": clock(timezone.now(), seconds=False)}
