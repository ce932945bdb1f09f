from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import schedule as interval
from celery.schedules import solar
from django_celery_beat.clockedschedule import clocked
from django_celery_beat.tzcrontab import TzAwareCrontab

from admintools.jobs import launch as launching
from admintools.jobs.launch import Initiator, SlotTaken, launch
from admintools.jobs.models import Source, TaskHistory
from admintools.jobs.slots import slot_of

HONDURAS = ZoneInfo("America/Tegucigalpa")
TEN_PAST = datetime(2026, 3, 2, 3, 10, 0, 40_000, tzinfo=HONDURAS)


def crontab(**times):
    return TzAwareCrontab(tz=HONDURAS, **times)


@pytest.mark.parametrize(
    ("times", "slot"),
    [
        ({"minute": "0", "hour": "3"}, "7@2026-03-02T09:00:00+00:00"),
        ({"minute": "11", "hour": "3"}, "7@2026-03-01T09:11:00+00:00"),
        ({"minute": "*/10"}, "7@2026-03-02T09:10:00+00:00"),
        ({"minute": "0", "hour": "4", "day_of_week": "0"}, "7@2026-03-01T10:00:00+00:00"),
        (
            {"minute": "0", "hour": "0", "day_of_month": "29", "month_of_year": "2"},
            "7@2024-02-29T06:00:00+00:00",
        ),
    ],
)
def test_a_crontabs_slot_is_its_last_time(times, slot):
    assert slot_of(7, crontab(**times), TEN_PAST) == slot


def test_a_beat_that_comes_late_means_the_same_slot_until_the_next_time():
    hourly = crontab(minute="0")
    on_time = datetime(2026, 3, 2, 3, 0, tzinfo=HONDURAS)
    late = slot_of(7, hourly, on_time + timedelta(minutes=59, seconds=59))
    assert slot_of(7, hourly, on_time) == late
    assert slot_of(7, hourly, on_time + timedelta(hours=1)) != late


def test_two_beats_that_count_an_interval_from_their_own_start_share_slots():
    often = interval(timedelta(minutes=10))
    first = slot_of(7, often, TEN_PAST + timedelta(minutes=1))
    assert slot_of(7, often, TEN_PAST + timedelta(minutes=8)) == first
    assert slot_of(7, often, TEN_PAST + timedelta(minutes=11)) != first
    assert slot_of(8, often, TEN_PAST + timedelta(minutes=1)) != first


def test_a_clocked_schedule_has_one_slot():
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert slot_of(7, clocked(at), TEN_PAST) == "7@2026-03-01T00:00:00+00:00"


@pytest.mark.parametrize("endless", [interval(timedelta(0)), object.__new__(solar)])
def test_what_has_no_times_to_tell_has_no_slot(endless):
    assert slot_of(7, endless, TEN_PAST) == ""


def test_a_slot_sets_off_one_run(db):
    nightly = Initiator(Source.SCHEDULE, name="beat", slot="7@x")
    launch("trial_count", initiator=nightly)
    with pytest.raises(SlotTaken):
        launch("trial_count", initiator=nightly)
    launch("trial_count", initiator=Initiator(Source.SCHEDULE, name="beat", slot="7@y"))
    for _ in range(2):
        launch("trial_count", initiator=Initiator(Source.SCHEDULE, name="beat"))
    assert TaskHistory.objects.filter(slot="7@x").count() == 1
    assert TaskHistory.objects.count() == 4


def test_of_two_that_look_at_once_the_database_lets_one_through(db, monkeypatch):
    """Neither sees the other's row; the constraint does."""
    nightly = Initiator(Source.SCHEDULE, name="beat", slot="7@x")
    launch("trial_count", initiator=nightly)
    look, looks = launching._refuse_if_taken, []

    def look_too_early(slot):
        looks.append(slot)
        if len(looks) > 1:
            look(slot)

    monkeypatch.setattr(launching, "_refuse_if_taken", look_too_early)
    with pytest.raises(SlotTaken):
        launch("trial_count", initiator=nightly)
    assert TaskHistory.objects.count() == 1
