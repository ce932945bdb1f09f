"""The hourly figures: what they count, that twice is once, and that missed hours are made good."""

import statistics as python_statistics
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from admintools.jobs.execution import perform
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status, TaskHistory
from admintools.watch import messages, statistics
from admintools.watch.models import JobHour, QueueHour

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 26, 10, 0, 30, tzinfo=UTC)
LAST = datetime(2026, 11, 26, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(messages, "waiting", lambda: None)


def ended(at, *, took=10.0, waited=2.0, status=Status.SUCCESS, job="trial_count", **fields):
    """A run that ended then."""
    run = TaskHistory.objects.create(
        job=job, task_name=job, queue="learning", status=status, finished_at=at, **fields
    )
    started = at - timedelta(seconds=took)
    created = started - timedelta(seconds=waited)
    TaskHistory.objects.filter(pk=run.pk).update(started_at=started, created_at=created)
    return run


def collect(now=NOW, **hooks):
    told = {"report": lambda done, total: None, "should_stop": lambda: False} | hooks
    return statistics.collect(now, **told)


def test_an_hour_has_the_runs_that_ended_in_it():
    for minute in (0, 30, 59):
        ended(LAST + timedelta(minutes=minute))
    ended(LAST + timedelta(minutes=5), status=Status.FAILURE)
    ended(LAST + HOUR)
    ended(LAST + timedelta(minutes=5), job="trial_alone", status=Status.REVOKED)
    collect()
    rows = JobHour.objects.filter(hour=LAST).order_by("job")
    assert list(rows.values_list("job", "runs", "failures")) == [
        ("trial_alone", 1, 0), ("trial_count", 4, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, 4, 20, 21, 22])
def test_the_percentiles_are_exact(size):
    seconds = [float((7 * n) % 23) for n in range(1, size + 1)]
    for took in seconds:
        ended(LAST + timedelta(minutes=30), took=took, waited=2 * took)
    ended(LAST + timedelta(minutes=30), job="trial_alone", took=1000)
    collect()
    row = JobHour.objects.get(hour=LAST, job="trial_count")
    if size > 1:
        cuts = python_statistics.quantiles(seconds, n=100, method="inclusive")
        half, high = cuts[49], cuts[94]
    else:
        half = high = seconds[0]
    assert (row.duration_p50, row.duration_p95) == pytest.approx((half, high))
    assert (row.wait_p50, row.wait_p95) == pytest.approx((2 * half, 2 * high))


def test_what_never_began_has_no_duration_and_a_command_no_wait():
    never = ended(LAST, status=Status.REVOKED)
    TaskHistory.objects.filter(pk=never.pk).update(started_at=None)
    ended(LAST, job="trial_alone", inline=True)
    collect()
    never, inline = (JobHour.objects.get(job=job) for job in ("trial_count", "trial_alone"))
    assert (never.runs, never.duration_p50, never.wait_p95) == (1, None, None)
    assert (inline.duration_p50, inline.wait_p50) == (10, None)


def test_a_queue_has_what_waited_when_the_hour_ended():
    stroke = LAST + HOUR
    ended(stroke + timedelta(seconds=20), took=10, waited=20)  # waited at the stroke
    ended(stroke + timedelta(seconds=20), took=30, waited=5)  # had begun
    ended(stroke - timedelta(seconds=5))
    ended(stroke + timedelta(minutes=9), took=1, waited=1)  # came later
    ended(stroke + timedelta(seconds=20), took=10, waited=20, inline=True)
    waiting = TaskHistory.objects.create(job="trial_count", task_name="x", queue="learning")
    TaskHistory.objects.filter(pk=waiting.pk).update(created_at=LAST)
    collect()
    depths = dict(QueueHour.objects.filter(hour=LAST).values_list("queue", "waiting"))
    assert depths.pop("learning") == 2
    assert set(depths) == {"celery", "elasticsearch", "ai_generation", "notifications", "events"}
    assert set(depths.values()) == {0}


def test_collecting_twice_leaves_the_same_rows():
    ended(LAST)
    figures = JobHour.objects.exclude(job="").values_list("hour", "job", "runs", "duration_p95")
    depths = QueueHour.objects.values_list("hour", "queue", "waiting", "messages")
    collect()
    before = sorted(figures), sorted(depths)
    collect()
    assert (sorted(figures), sorted(depths)) == before


def test_a_run_that_became_visible_late_is_counted_the_next_time():
    collect()
    ended(LAST + timedelta(minutes=59))
    collect(NOW + HOUR)
    assert JobHour.objects.get().runs == 1


def test_missed_hours_are_made_good_from_the_first_run_and_no_further_than_a_week():
    long_ago, first, second = NOW - timedelta(days=9), LAST - 5 * HOUR, LAST - 3 * HOUR
    for at in (long_ago, first, second):
        ended(at)
    assert collect() == 7 * 24
    assert list(JobHour.objects.order_by("hour").values_list("hour", flat=True)) == [first, second]
    assert collect() == 2, "nothing but the last two hours is reckoned again"
    assert collect(NOW + 5 * HOUR) == 5


def test_a_new_installation_has_no_week_to_make_good():
    assert collect() == 2
    ended(LAST)
    assert collect(NOW + HOUR) == 2


def test_what_the_broker_held_is_kept_as_it_was_first_seen(monkeypatch):
    monkeypatch.setattr(messages, "waiting", lambda: [messages.Waiting("events", {0: 70})])
    collect()
    monkeypatch.setattr(messages, "waiting", lambda: [messages.Waiting("events", {0: 3})])
    collect()
    held = QueueHour.objects.filter(queue="events").order_by("hour")
    assert list(held.values_list("messages", flat=True)) == [None, 70]


def test_it_says_how_far_it_is_and_stops_when_asked():
    ended(LAST - 3 * HOUR + timedelta(minutes=30))
    told = []
    asked = iter([False, False, True])
    hooks = {"should_stop": lambda: next(asked), "report": lambda *far: told.append(far)}
    assert collect(**hooks) == 2
    assert told == [(1, 4), (2, 4)]


@pytest.mark.django_db(transaction=True)
def test_the_job_collects_and_says_how_much(db):
    run = launch("collect_statistics", initiator=Initiator(Source.COMMAND, name="test"))
    run = perform(run.pk, 1, worker="w1")
    assert run.result == {"status": "success", "hours": 2}
    assert QueueHour.objects.filter(hour__gt=timezone.now() - 2 * HOUR).count() == 6
