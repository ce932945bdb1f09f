"""Beat, and which of its times a message is for: two beats, or one that was killed before it noted
what it had started, send twice for the same time, and one run is made of it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from celery.schedules import crontab
from celery.schedules import schedule as interval
from django_celery_beat.clockedschedule import clocked
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

from .schedules import LAUNCHER

# How far back the last time of a crontab is looked for: hardly ever further than the first.
LOOKS_BACK = tuple(timedelta(days=days) for days in (1 / 24, 1, 32, 366, 8 * 366))


class SlotScheduler(DatabaseScheduler):
    """Beat's own, whose messages to the launcher say which slot they are for."""

    def apply_async(self, entry: ModelEntry, *args: Any, **kwargs: Any) -> Any:
        if entry.task == LAUNCHER:
            # Set when it became due, a moment ago.
            slot = slot_of(entry.model.pk, entry.schedule, entry.model.last_run_at)
            entry.options["headers"]["slot"] = slot
        return super().apply_async(entry, *args, **kwargs)


def slot_of(schedule_id: int, schedule: Any, now: datetime) -> str:
    """The same for every beat that starts this schedule for the same time; "" where that cannot be
    said. ``schedule`` is Celery's object, and due.

    Each beat counts an interval from its own last start. Its slots are therefore the whole
    multiples of it: of two beats the first in each counts, and none comes to one twice.
    """
    at = None
    if isinstance(schedule, crontab):
        at = _latest(schedule, now)
    elif isinstance(schedule, clocked):
        at = schedule.clocked_time
    elif isinstance(schedule, interval) and schedule.run_every:
        at = now - (now - datetime.fromtimestamp(0, UTC)) % schedule.run_every
    return f"{schedule_id}@{at.astimezone(UTC).isoformat()}" if at else ""


def _latest(schedule: crontab, now: datetime) -> datetime | None:
    """The last of its times up to now: after a pause beat starts once for all that it missed."""
    for back in LOOKS_BACK:
        latest, following = None, _after(schedule, now - back)
        while following <= now:
            latest, following = following, _after(schedule, following)
        if latest:
            return latest
    return None


def _after(schedule: crontab, moment: datetime) -> datetime:
    """Its first time after that moment."""
    start, step, _now = schedule.remaining_delta(moment)
    return start + step
