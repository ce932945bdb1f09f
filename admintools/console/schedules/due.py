"""When a schedule starts next, computed as beat computes it.

Beat notes in the database only every few minutes what it has started: while it is alive, a time
that has passed was kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.exceptions import ImproperlyConfigured
from celery.schedules import ParseException
from django.utils import timezone
from django.utils.translation import gettext as _
from django_celery_beat.models import PeriodicTask

from admintools.console.formatting import duration, when

# Computing takes a moment in which the clock moves on: 02:59:59.9998 must not read 02:59.
ROUNDING = timedelta(seconds=0.5)


@dataclass(frozen=True)
class Next:
    """The time of the next start; without one, ``text`` says why there is none."""

    text: str
    at: datetime | None = None
    hint: str = ""
    off: bool = False


def next_start(schedule: PeriodicTask, *, beating: bool) -> Next:
    """``beating`` tells whether beat is alive."""
    now = timezone.now()
    if not schedule.enabled:
        return Next(_("off"), off=True)
    if schedule.expires and schedule.expires <= now:
        return Next(_("never: it expired"), hint=when(schedule.expires))
    if schedule.one_off and schedule.total_run_count:
        return Next(_("never: it was to run once and did"))
    if schedule.scheduler is None:
        return Next(_("never: it has no time"))
    try:
        at = _at(schedule, now, beating)
    except (ParseException, ValueError, OverflowError, RuntimeError, ImproperlyConfigured):
        # An impossible crontab, such as the 30th of February; or solar without its package.
        return Next(_("never: its time cannot be computed"))
    if schedule.expires and schedule.expires <= at:
        return Next(_("never: it expires before"), hint=when(schedule.expires))
    if at <= now:
        return Next(_("as soon as beat runs"), at=at, hint=_("due %(when)s") % {"when": when(at)})
    left = duration(int((at - now).total_seconds()))
    return Next(when(at), at=at, hint=_("in %(duration)s") % {"duration": left})


def _at(schedule: PeriodicTask, now: datetime, beating: bool) -> datetime:
    last = schedule.last_run_at or schedule.date_changed or now
    at = now + schedule.schedule.remaining_estimate(last)
    if beating and at <= now:
        at = _after(schedule, at, now)
    if schedule.start_time and now < schedule.start_time:
        local = timezone.get_current_timezone()
        at = max(at, schedule.due_start_time(local))
    return (at + ROUNDING).replace(microsecond=0)


def _after(schedule: PeriodicTask, at: datetime, now: datetime) -> datetime:
    """The next time beyond one that was kept."""
    if schedule.interval:
        step = schedule.schedule.run_every
        return at + step * ((now - at) // step + 1) if step > timedelta(0) else at
    return now + schedule.schedule.remaining_estimate(now)
