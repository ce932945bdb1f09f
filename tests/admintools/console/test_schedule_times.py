"""When a schedule runs, in words, and when it starts next."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from admintools.console.schedules.due import next_start
from admintools.console.schedules.wording import said

from .beat_rows import LOCAL, cron, every, made

pytestmark = pytest.mark.django_db


def overdue(when):
    """A schedule whose last start, as beat noted it, was three days ago."""
    told = {"crontab": cron(when["crontab"])} if "crontab" in when else {}
    task = made(**told or {"interval": every(*when["interval"])})
    PeriodicTask.objects.update(last_run_at=timezone.now() - timedelta(days=3))
    task.refresh_from_db()
    return task


def starts(task, *, beating=True):
    moment = next_start(task, beating=beating).at
    assert moment is not None
    return moment


def spoken(**fields):
    with translation.override("en"):
        return said(PeriodicTask(**fields))


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("0 3 * * *", "Every day at 03:00"),
        ("30 7,19 * * *", "Every day at 07:30 and 19:30"),
        ("0 0,8,16 * * *", "Every day at 00:00, 08:00 and 16:00"),
        ("0 0 * * *", "Every day at 00:00"),
        ("* * * * *", "Every minute"),
        ("*/15 * * * *", "Every 15 minutes"),
        ("5,35 * * * *", "Every hour at minutes 5 and 35"),
        ("15 * * * *", "Every hour at minute 15"),
        ("0 * * * *", "Every hour"),
        ("0 */2 * * *", "Every 2 hours"),
        ("0 7 * * 1,4", "Every Monday and Thursday at 07:00"),
        ("0 7 * * 0", "Every Sunday at 07:00"),
        ("0 7 * * 1-5", "From Monday to Friday at 07:00"),
        ("*/30 * * * 6", "Every Saturday, every 30 minutes"),
        ("0 2 1 * *", "On day 1 of the month at 02:00"),
        ("0 2 1,15 * *", "On days 1 and 15 of the month at 02:00"),
        ("0 2 1-7 * 1", "Every Monday, if it falls on days 1–7 of the month at 02:00"),
        ("0 2 1 1,7 *", "On day 1 of the month at 02:00, only in January and July"),
        ("*/20 8-17 * * *", "Every day at the minutes 0, 20 and 40 of the hours 8–17"),
    ],
)
def test_a_crontab_is_said_as_a_person_would(expression, sentence):
    assert spoken(crontab=cron(expression)) == sentence


def test_the_times_of_another_zone_are_told_in_ours():
    assert spoken(crontab=cron("0 3 * * *", UTC)) == "Every day at 21:00"


def test_where_that_would_change_the_day_the_zone_is_named():
    assert spoken(crontab=cron("0 3 * * 1", UTC)) == "Every Monday at 03:00 (time of UTC)"


def test_a_crontab_that_cannot_be_read_is_shown_as_it_is(db):
    row = cron("0 3 * * *")
    CrontabSchedule.objects.update(hour="mañana")
    row.refresh_from_db()
    assert "mañana" in spoken(crontab=row)


@pytest.mark.parametrize(
    ("n", "period", "sentence"),
    [
        (1, "minutes", "Every minute"),
        (15, "minutes", "Every 15 minutes"),
        (1, "days", "Every day"),
        (3600, "seconds", "Every 3,600 seconds"),
    ],
)
def test_an_interval_is_said_as_a_person_would(n, period, sentence):
    assert spoken(interval=every(n, period)) == sentence


def test_in_spanish_days_have_their_names():
    with translation.override("es"):
        assert "lunes" in said(PeriodicTask(crontab=cron("0 7 * * 1"))).lower()


def test_the_next_start_of_a_crontab_is_its_next_time():
    task = made(crontab=cron("0 3 * * *"))
    at = starts(task).astimezone(LOCAL)
    assert (at.hour, at.minute, at.second) == (3, 0, 0)
    assert timedelta(0) < at - timezone.now() <= timedelta(days=1)


def test_the_next_start_of_an_interval_counts_from_the_last():
    task = made(interval=every(6, "hours"))
    PeriodicTask.objects.update(last_run_at=timezone.now() - timedelta(hours=1))
    task.refresh_from_db()
    left = starts(task) - timezone.now()
    assert timedelta(hours=4, minutes=59) < left < timedelta(hours=5, minutes=1)


@pytest.mark.parametrize("when", [{"crontab": "0 3 * * *"}, {"interval": (7, "minutes")}])
def test_one_that_is_overdue_starts_as_soon_as_beat_runs(when):
    task = overdue(when)
    with translation.override("en"):
        told = next_start(task, beating=False)
    assert told.text == "as soon as beat runs"
    assert told.at is not None
    assert told.at < timezone.now()


@pytest.mark.parametrize("when", [{"crontab": "0 3 * * *"}, {"interval": (7, "minutes")}])
def test_while_beat_lives_what_looks_overdue_was_started_and_not_noted_yet(when):
    task = overdue(when)
    left = starts(task) - timezone.now()
    longest = timedelta(days=1) if "crontab" in when else timedelta(minutes=7)
    assert timedelta(0) < left <= longest + timedelta(seconds=1)


def test_the_times_of_an_interval_keep_their_beat():
    task, second = overdue({"interval": (7, "minutes")}), timedelta(seconds=1)
    assert abs((starts(task) - task.last_run_at + second) % timedelta(minutes=7) - second) <= second


def test_one_that_begins_later_waits_for_its_beginning():
    begins = timezone.now() + timedelta(days=30)
    task = made(interval=every(1, "minutes"), start_time=begins)
    assert abs(starts(task) - begins) < timedelta(seconds=2)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"enabled": False}, "off"),
        ({"expires": datetime(2020, 1, 1, tzinfo=UTC)}, "expired"),
        ({"one_off": True, "total_run_count": 1}, "once"),
    ],
)
def test_one_that_never_starts_says_why(fields, word):
    task = made(**fields)
    with translation.override("en"):
        told = next_start(task, beating=True)
    assert told.at is None
    assert word in told.text


def test_one_that_expires_before_its_next_time_never_starts():
    task = made(interval=every(1, "days"))
    task.expires = timezone.now() + timedelta(hours=1)
    with translation.override("en"):
        assert "before" in next_start(task, beating=True).text


@pytest.mark.parametrize("expression", ["0 3 30 2 *", "0 3 31 4,6,9 *"])
def test_a_date_that_does_not_exist_never_comes(expression):
    with translation.override("en"):
        assert "cannot be computed" in next_start(made(crontab=cron(expression)), beating=True).text
