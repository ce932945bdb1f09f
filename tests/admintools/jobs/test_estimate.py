"""How long a run still takes: a range that is never negative, calm and honest."""

from datetime import timedelta

import pytest
from django.utils import timezone

from admintools.jobs import estimate
from admintools.jobs.models import TaskHistory

NOW = timezone.now()


@pytest.fixture(autouse=True)
def no_kept_past(monkeypatch):
    monkeypatch.setattr(estimate, "PAST_FRESH_FOR", -1.0)


@pytest.fixture
def past(launched):
    """Runs of trial_count that succeeded after so many seconds."""

    def make(*seconds, timeline=()):
        for took in seconds:
            TaskHistory.objects.filter(pk=launched().pk).update(
                status="SUCCESS", started_at=NOW - timedelta(seconds=took), finished_at=NOW,
                timeline=list(timeline),
            )  # fmt: skip

    return make


def running(elapsed=10.0, **fields):
    """A run of trial_count, ``elapsed`` seconds old, which spoke and moved just now."""
    values = {
        "job": "trial_count", "status": "PROGRESS", "phase": "count", "epoch": 1,
        "started_at": NOW - timedelta(seconds=elapsed), "heartbeat_at": NOW, "progressed_at": NOW,
    }  # fmt: skip
    return TaskHistory(**{**values, **fields})


def left(run, now=NOW):
    told = estimate.remaining(run, now)
    return None if told is None else (told["low"], told["high"])


def test_without_a_rate_or_a_past_nothing_is_said(db):
    assert left(running(done=0, total=100)) is None


def test_the_own_rate_makes_a_range_around_what_it_says(db):
    low, high = left(running(done=900, total=1000, rate=10.0))
    assert low < 10 < high
    assert high < 20


def test_past_runs_speak_before_the_first_item(past):
    past(60, 65, 70, 75, 80)
    low, high = left(running(elapsed=10))
    assert 45 <= low < high <= 75


def test_two_past_runs_are_no_range(past):
    past(60, 70)
    assert left(running()) is None


def test_failed_runs_do_not_count(past):
    past(60, 65, 70)
    TaskHistory.objects.update(status="FAILURE")
    assert left(running()) is None


def test_it_falls_while_a_run_goes_on_as_usual(past):
    past(95, 98, 100, 102, 105)
    highs = []
    for second in range(1, 100):
        now = NOW + timedelta(seconds=second)
        run = running(
            elapsed=0, done=10 * second, total=1000, rate=10.0, heartbeat_at=now, progressed_at=now
        )
        low, high = left(run, now)
        assert 0 <= low <= high
        highs.append(high)
    assert highs == sorted(highs, reverse=True)
    assert highs[0] > 90
    assert highs[-1] < 10


def test_a_run_slower_than_the_past_is_believed_more_and_more(past):
    past(28, 29, 30, 31, 32)
    early = left(running(elapsed=1, done=10, total=1000, rate=10.0))
    late = left(running(elapsed=29, done=290, total=1000, rate=10.0))
    assert early[1] < 60
    assert late[0] > 40


def test_it_is_never_negative_after_the_usual_time(past):
    past(10, 11, 12)
    assert left(running(elapsed=500)) is None
    low, high = left(running(elapsed=500, done=10, total=1000, rate=0.1))
    assert 0 < low < high


def test_a_clock_that_is_behind_makes_no_longer_run(past):
    past(60, 65, 70)
    ahead = running(elapsed=-30)
    low, high = left(ahead)
    assert 55 <= low < high <= 75


def test_the_phases_still_to_come_are_counted(past):
    timeline = [{"slug": "count", "seconds": 10.0}, {"slug": "rest", "seconds": 300.0}]
    run = running(attempt=2, done=900, total=1000, rate=100.0)
    assert left(run)[1] < 5
    past(310, 310, 310, timeline=timeline)
    assert left(run)[0] >= 240


@pytest.mark.parametrize("still, said", [(9, True), (11, False)])
def test_a_run_that_does_not_move_has_no_estimate(db, still, said):
    moved = NOW - timedelta(seconds=still)
    run = running(
        job="rebuild_index", elapsed=60, done=500, total=1000, rate=50.0, progressed_at=moved
    )
    assert (left(run) is not None) is said


def test_slow_items_are_no_standstill(db):
    moved = NOW - timedelta(seconds=70)
    run = running(
        job="rebuild_index", elapsed=600, done=10, total=20, rate=1 / 60, progressed_at=moved
    )
    assert left(run) is not None


def test_a_silent_run_has_no_estimate(past, settings):
    past(600, 600, 600)
    silent = NOW - timedelta(seconds=2 * settings.HEARTBEAT_SECONDS + 3)
    run = running(done=500, total=1000, rate=50.0)
    assert left(run) is not None
    run.heartbeat_at = silent
    assert left(run) is None


def test_a_run_being_cancelled_has_no_estimate(db):
    run = running(done=500, total=1000, rate=50.0, cancel_requested_at=NOW)
    assert left(run) is None


@pytest.mark.parametrize("status", ["PENDING", "RETRY", "SUCCESS", "FAILURE", "REVOKED"])
def test_only_a_running_run_has_one(db, status):
    assert left(running(status=status, done=500, total=1000, rate=50.0)) is None


def test_all_items_done_is_not_the_end(db):
    """Verifying and swapping come after the last document."""
    assert left(running(done=1000, total=1000, rate=50.0)) is None


@pytest.mark.parametrize("high, step", [(8, 1), (60, 5), (1000, 60), (20_000, 600)])
def test_a_long_estimate_is_not_told_to_the_second(db, high, step):
    total = 1_000_000
    rate = total / high * estimate.OWN_HIGH * 0.99
    told = left(running(done=1, total=total, rate=rate))
    assert [each % step for each in told] == [0, 0]
    assert told[1] >= high * 0.99


def test_what_the_lexicon_took_says_nothing_about_a_model(launched):
    for took, given in ((2, {}), (3, {"provider": "lexicon"}), (4, {}), (900, {"provider": "x"})):
        run = launched("generate_keywords", **given)
        TaskHistory.objects.filter(pk=run.pk).update(
            status="SUCCESS", started_at=NOW - timedelta(seconds=took), finished_at=NOW
        )
    assert estimate.past_durations("generate_keywords", {}) == [4.0, 3.0, 2.0]
    assert estimate.past_durations("generate_keywords", {"provider": "x"}) == [900.0]
    assert estimate.past_durations("generate_keywords", {"chapter": ["64"]}) == []
