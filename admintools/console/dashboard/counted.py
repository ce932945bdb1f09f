"""The figures of one day, counted once for everybody who looks."""

from datetime import date, datetime, timedelta
from typing import TypedDict

from django.conf import settings
from django.utils import timezone

from admintools.jobs.models import TaskHistory
from admintools.watch.kept import Kept, figures
from micasillero.compliance.models import Alert
from micasillero.events.summary import DaySummary, bounds, summary

# Grows when the figures are written otherwise: a deploy must not read those of the version before.
FORM = 1
QUERIES = 15
# What a day that is over still gains comes late, from a sender that was away.
PAST_FRESH_FOR = timedelta(hours=1)
# So often may be asked for new figures at the press of a button.
ANEW_AFTER = timedelta(seconds=5)


class DayFigures(TypedDict):
    """Plain values, for JSON. ``alerts``: those raised on that day, as AlertQuerySet.by_severity.
    ``runs``: those that ended on that day and, while it is today, those that are active, by status.
    """

    events: DaySummary
    alerts: list[tuple[int, int, int]]
    runs: dict[str, int]


def day_figures(day: date, *, anew: bool = False) -> Kept | None:
    """The DayFigures as they were counted last; None while they are counted for the first time.

    ``anew``: somebody wants the newest.
    """
    return figures.get(key_of(day), lambda: count(day), since=_since(day, anew))


def key_of(day: date) -> str:
    """Where the cache has the figures of that day."""
    return f"dashboard:{FORM}:{day}"


def count(day: date) -> DayFigures:
    start, end = bounds(day)
    runs = TaskHistory.objects.finished_between(start, end).by_status()
    if end > timezone.now():
        runs |= TaskHistory.objects.active().by_status()
    least = settings.DASHBOARD_LEAST_PEOPLE
    return {
        "events": summary(day, most=QUERIES, least_people=least),
        "alerts": Alert.objects.between(start, end).by_severity(),
        "runs": runs,
    }


def _since(day: date, anew: bool) -> datetime:
    """When figures of that day must have been counted at least."""
    now, end = timezone.now(), bounds(day)[1]
    over = end <= now
    fresh_for = PAST_FRESH_FOR if over else timedelta(seconds=settings.DASHBOARD_SECONDS)
    oldest = now - (ANEW_AFTER if anew else fresh_for)
    # What was counted before its end is not that day's.
    return max(oldest, end) if over else oldest
