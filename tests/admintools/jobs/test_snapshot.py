from datetime import timedelta

import pytest
from django.utils import timezone, translation

from admintools.jobs import queues, transitions
from admintools.jobs.beats import beat
from admintools.jobs.models import ProcessBeat, TaskHistory
from admintools.jobs.snapshot import localise, raw, snapshot

FIELDS = {
    "task_id", "task_name", "job", "status", "progress", "done", "total", "phase", "message",
    "rate", "eta", "epoch", "seq", "attempt", "queue", "queue_position", "initiated_by",
    "created_at", "started_at", "finished_at", "result", "error", "cancel_requested",
}  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_facts(monkeypatch):
    monkeypatch.setattr(queues, "FRESH_FOR", 0.0)


def state_of(run, **changes):
    TaskHistory.objects.filter(pk=run.pk).update(**changes)
    run.refresh_from_db()
    return snapshot(run)["state"]


def test_it_has_every_field_of_the_contract(launched):
    told = snapshot(launched())
    assert set(told) >= FIELDS
    assert not any(name.startswith("_") for name in told)


def test_times_are_iso_with_a_zone(launched):
    assert snapshot(launched())["created_at"].endswith("+00:00")


def test_waiting_states_are_honest(launched):
    run = launched()
    now = timezone.now()
    assert snapshot(run)["state"] == "unsent"
    assert state_of(run, published_at=now) == "no-worker"
    beat("worker", "w1", ["learning"])
    assert state_of(run, published_at=now) == "queued"
    ProcessBeat.objects.update(beat_at=now - timedelta(minutes=1))
    assert state_of(run, published_at=now) == "no-worker"
    later = now + timedelta(minutes=1)
    assert state_of(run, status="RETRY", next_attempt_at=later) == "retry"


def test_each_of_many_runs_knows_its_place_and_they_are_read_once(
    launched, django_assert_max_num_queries
):
    runs = [launched() for _ in range(5)]
    queues.forget()
    with django_assert_max_num_queries(1):
        assert [queues.place(run) for run in runs] == [1, 2, 3, 4, 5]


def test_a_run_launched_a_moment_later_comes_after_it(launched):
    queues.place(launched())
    assert [queues.place(launched()) for _ in range(2)] == [2, 3]


def test_the_place_behind_more_runs_than_are_kept_is_counted(launched, monkeypatch):
    monkeypatch.setattr(queues, "MOST_PLACES", 2)
    assert [queues.place(launched()) for _ in range(4)] == [1, 2, 3, 4]


def test_running_states_are_honest(launched, settings):
    run = transitions.claim(launched().pk, 1, worker="w1")
    assert snapshot(run)["state"] == "running"
    silent = timezone.now() - timedelta(seconds=3 * settings.HEARTBEAT_SECONDS)
    assert state_of(run, heartbeat_at=silent) == "stale"
    assert state_of(run, cancel_requested_at=timezone.now()) == "cancelling"


def test_a_run_that_lives_but_does_not_move_is_stuck(launched):
    run = transitions.claim(launched().pk, 1, worker="w1")
    quiet = timezone.now() - run.definition.stall_after
    assert state_of(run, progressed_at=quiet + timedelta(seconds=2)) == "running"
    assert state_of(run, progressed_at=quiet) == "stuck"


@pytest.mark.parametrize(
    ("status", "state"), [("SUCCESS", "done"), ("FAILURE", "failed"), ("REVOKED", "cancelled")]
)
def test_ended_states(launched, status, state):
    assert state_of(launched(), status=status) == state


def test_the_position_counts_the_running_one_as_the_first(launched):
    running, second, third = launched(), launched(), launched()
    transitions.claim(running.pk, 1, worker="w1")
    assert [snapshot(second)["queue_position"], snapshot(third)["queue_position"]] == [2, 3]
    running.refresh_from_db()
    assert snapshot(running)["queue_position"] is None


def test_the_bar_is_full_only_after_success(launched):
    run = transitions.claim(launched().pk, 1, worker="w1")
    TaskHistory.objects.filter(pk=run.pk).update(done=10, total=10)
    run.refresh_from_db()
    assert snapshot(run)["progress"] == 99
    transitions.succeed(run, {}, done=10, total=10)
    assert snapshot(run)["progress"] == 100


def test_an_error_is_told_in_the_readers_language(launched):
    run = transitions.claim(launched().pk, 1, worker="w1")
    transitions.fail(run, "x", "The broker said %(what)s", {"what": "no"})
    told = raw(run)
    with translation.override("en"):
        assert localise(told)["error"] == {"code": "x", "message": "The broker said no"}


def test_the_phases_say_where_the_run_is(launched):
    run = transitions.claim(launched().pk, 1, worker="w1")
    TaskHistory.objects.filter(pk=run.pk).update(
        phase="rest", timeline=[{"slug": "count", "seconds": 1.5}, {"slug": "rest"}]
    )
    run.refresh_from_db()
    phases = snapshot(run)["phases"]
    assert [(p["slug"], p["state"], p["seconds"]) for p in phases] == [
        ("count", "done", 1.5),
        ("rest", "current", None),
    ]
    transitions.fail(run, "x", "y")
    assert snapshot(run)["phases"][1]["state"] == "failed"


def test_the_estimate_is_a_range_around_the_own_rate(launched):
    run = transitions.claim(launched().pk, 1, worker="w1")
    TaskHistory.objects.filter(pk=run.pk).update(done=50, total=100, rate=10.0)
    run.refresh_from_db()
    eta = snapshot(run)["eta"]
    assert 0 < eta["low"] <= 5 <= eta["high"] < 20


def test_without_a_rate_or_a_past_there_is_no_estimate(launched):
    assert snapshot(transitions.claim(launched().pk, 1, worker="w1"))["eta"] is None


def test_a_row_whose_job_is_gone_can_still_be_shown(launched):
    run = launched()
    TaskHistory.objects.filter(pk=run.pk).update(job="removed_job")
    run.refresh_from_db()
    assert snapshot(run)["label"] == "trial_count"
