from datetime import timedelta

import pytest
from django.utils import timezone

from admintools.jobs import cancelling, transitions
from admintools.jobs.dispatch import Dispatcher
from admintools.jobs.models import ProcessBeat, TaskHistory
from admintools.jobs.queues import dispatcher_beat

LONG_AGO = timedelta(days=1)


def due(run, **changes):
    TaskHistory.objects.filter(pk=run.pk).update(**changes)
    return TaskHistory.objects.due().filter(pk=run.pk).exists()


def test_a_run_never_sent_is_due(launched):
    assert due(launched(), created_at=timezone.now() - LONG_AGO)


def test_a_run_just_launched_is_left_to_its_launcher(launched):
    assert not due(launched())


def test_a_run_just_sent_is_not_due(launched):
    assert not due(launched(), published_at=timezone.now())


def test_a_run_nobody_claimed_for_long_is_sent_again(launched):
    assert due(launched(), published_at=timezone.now() - LONG_AGO)


def test_a_run_waiting_for_its_next_attempt_is_due_at_its_time(launched):
    run = launched()
    later = timezone.now() + timedelta(minutes=1)
    assert not due(run, status="RETRY", next_attempt_at=later)
    assert due(run, next_attempt_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("status", ["STARTED", "PROGRESS", "SUCCESS", "FAILURE", "REVOKED"])
def test_a_run_that_is_taken_or_over_is_never_due(launched, status):
    assert not due(launched(), status=status)


def test_a_run_of_a_command_is_never_sent(launched):
    assert not due(launched(), inline=True)


def test_a_turn_leaves_a_beat_and_reaps_the_dead(launched):
    run = transitions.claim(launched().pk, 1, worker="w1")
    TaskHistory.objects.filter(pk=run.pk).update(lease_expires_at=timezone.now() - LONG_AGO)
    Dispatcher().turn()
    run.refresh_from_db()
    assert (run.status, run.attempt) == ("RETRY", 2)
    beat = dispatcher_beat()
    assert beat is not None
    assert timezone.now() - beat < timedelta(seconds=10)


def test_a_dispatcher_that_ends_takes_its_mark_along(db):
    turns = iter([False, True])
    Dispatcher().run(lambda _seconds: next(turns))
    assert not ProcessBeat.objects.exists()


def test_an_overdue_cancel_is_pressed_once(launched, settings):
    run = transitions.claim(launched().pk, 1, worker="w1")
    TaskHistory.objects.filter(pk=run.pk).update(cancel_requested_at=timezone.now() - LONG_AGO)
    run.refresh_from_db()
    assert cancelling.escalate_cancel(run)
    assert not cancelling.escalate_cancel(run)
