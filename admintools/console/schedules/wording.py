"""When a schedule runs, as a person would say it, in local time."""

from collections.abc import Iterable
from datetime import datetime, tzinfo

from celery.schedules import ParseException, crontab
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from admintools.console.formatting import EN_DASH, number, when

MOST_TIMES = 6
HOURS, MINUTES, DAYS = set(range(24)), set(range(60)), set(range(1, 32))
MONTHS_OF_YEAR, DAYS_OF_WEEK = set(range(1, 13)), set(range(7))


def said(schedule: PeriodicTask) -> str:
    """Every day at 03:00 · Every Monday and Friday at 07:30 · Every 15 minutes."""
    if schedule.crontab:
        return _of_crontab(schedule.crontab)
    if schedule.interval:
        return _of_interval(schedule.interval)
    if schedule.clocked:
        return _("Once: %(when)s") % {"when": when(schedule.clocked.clocked_time)}
    return str(schedule.solar) if schedule.solar else _("No time is set. Edit the schedule.")


def _of_interval(interval: IntervalSchedule) -> str:
    n = interval.every
    sayings = {
        "days": ngettext("Every day", "Every %(n)s days", n),
        "hours": ngettext("Every hour", "Every %(n)s hours", n),
        "minutes": ngettext("Every minute", "Every %(n)s minutes", n),
        "seconds": ngettext("Every second", "Every %(n)s seconds", n),
        "microseconds": ngettext("Every microsecond", "Every %(n)s microseconds", n),
    }
    return sayings.get(interval.period, str(interval)) % {"n": number(n)}


def _of_crontab(row: CrontabSchedule) -> str:
    try:
        cron = crontab(
            minute=row.minute,
            hour=row.hour,
            day_of_week=row.day_of_week,
            day_of_month=row.day_of_month,
            month_of_year=row.month_of_year,
        )
    except (ParseException, ValueError):
        return _("Not a possible time: %(crontab)s") % {"crontab": row}
    shift = _shift(row)
    every_day = cron.day_of_week == DAYS_OF_WEEK and cron.day_of_month == DAYS
    hours, foreign = set(cron.hour), bool(shift)
    if foreign and shift % 60 == 0 and every_day and cron.month_of_year == MONTHS_OF_YEAR:
        hours, foreign = {(hour + shift // 60) % 24 for hour in hours}, False
    repeats, times = _times(cron.minute, hours)
    if every_day:
        sentence = times if repeats else _("every day %(times)s") % {"times": times}
    else:
        sentence = _("%(days)s, %(times)s") if repeats else _("%(days)s %(times)s")
        sentence %= {"days": _days(cron), "times": times}
    if cron.month_of_year != MONTHS_OF_YEAR:
        months = _listed(str(MONTHS[month]) for month in sorted(cron.month_of_year))
        sentence = _("%(rest)s, only in %(months)s") % {"rest": sentence, "months": months}
    if foreign:
        sentence += " " + _("(time of %(zone)s)") % {"zone": row.timezone}
    return sentence[:1].upper() + sentence[1:]


def _shift(row: CrontabSchedule) -> int:
    """Minutes that the site's clock is ahead of the crontab's."""
    now = timezone.now()
    return _offset(now, timezone.get_current_timezone()) - _offset(now, row.timezone)


def _offset(moment: datetime, zone: tzinfo) -> int:
    ahead = moment.astimezone(zone).utcoffset()
    return int(ahead.total_seconds()) // 60 if ahead else 0


def _times(minutes: set[int], hours: set[int]) -> tuple[bool, str]:
    """Whether it repeats all day long, and the times in words."""
    if hours == HOURS and 0 < (step := _step(minutes, 60)) < 60:
        return True, ngettext("every minute", "every %(n)s minutes", step) % {"n": step}
    if len(minutes) == 1 and minutes == {0} and (step := _step(hours, 24)):
        return True, ngettext("every hour", "every %(n)s hours", step) % {"n": step}
    if hours == HOURS:
        at = ngettext("every hour at minute %(at)s", "every hour at minutes %(at)s", len(minutes))
        return True, at % {"at": _listed(_ranges(minutes))}
    if len(hours) * len(minutes) <= MOST_TIMES:
        clock = [f"{hour:02}:{minute:02}" for hour in sorted(hours) for minute in sorted(minutes)]
        return False, _("at %(times)s") % {"times": _listed(clock)}
    return False, _("at the minutes %(minutes)s of the hours %(hours)s") % {
        "minutes": _listed(_ranges(minutes)),
        "hours": _listed(_ranges(hours)),
    }


def _step(values: set[int], whole: int) -> int:
    """The even step from 0 that makes these values and goes round without a rest; 0 for none."""
    step = whole // len(values)
    # Few times are clearer than a step: 00:00, 08:00 and 16:00 rather than every 8 hours.
    few = whole == len(HOURS) and len(values) <= MOST_TIMES // 2
    return step if values == set(range(0, whole, step)) and whole % step == 0 and not few else 0


def _days(cron: crontab) -> str:
    # Celery counts from Sunday, Django's names from Monday.
    weekdays = sorted((day - 1) % 7 for day in cron.day_of_week)
    names = [str(WEEKDAYS[day]) for day in weekdays]
    if weekdays == [*range(weekdays[0], weekdays[-1] + 1)] and 3 <= len(weekdays) < 7:
        week = _("from %(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    else:
        week = _("every %(weekdays)s") % {"weekdays": _listed(names)}
    if cron.day_of_month == DAYS:
        return week
    days = {"days": _listed(_ranges(cron.day_of_month))}
    month = ngettext(
        "on day %(days)s of the month", "on days %(days)s of the month", len(cron.day_of_month)
    )
    if len(weekdays) == 7:
        return month % days
    return _("%(week)s, if it falls %(month)s") % {"week": week, "month": month % days}


def _ranges(values: Iterable[int]) -> list[str]:
    """1, 2, 3, 7 as 1–3 and 7."""
    runs: list[list[int]] = []
    for value in sorted(values):
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return [
        f"{run[0]}{EN_DASH}{run[-1]}" if len(run) > 2 else _listed(str(value) for value in run)
        for run in runs
    ]


def _listed(texts: Iterable[str]) -> str:
    return get_text_list(list(texts), _("and"))
