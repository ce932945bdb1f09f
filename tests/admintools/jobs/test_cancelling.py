"""A cancel always ends the run, whatever happens to the run meanwhile."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_celery_results.models import TaskResult

from admintools.jobs import cancelling, transitions
from admintools.jobs.execution import perform
from admintools.jobs.models import Status, TaskHistory


@pytest.fixture
def claimed(launched):
    run = launched("trial_alone")
    return transitions.claim(run.pk, 1, worker="w1")


def fresh(run):
    return TaskHistory.objects.get(pk=run.pk)


def test_a_cancel_before_a_passing_fault_ends_the_run(claimed):
    cancelling.request_cancel(fresh(claimed), by="ana")
    assert transitions.try_again(claimed, "away", "Away")
    assert fresh(claimed).status == Status.REVOKED
    assert claimed.attempts.get().outcome == "cancelled"


def test_a_cancel_while_the_reaper_looks_ends_the_run(claimed):
    past = timezone.now() - timedelta(seconds=1)
    TaskHistory.objects.filter(pk=claimed.pk).update(lease_expires_at=past)
    seen_by_reaper = fresh(claimed)
    cancelling.request_cancel(fresh(claimed), by="ana")
    assert transitions.reap(seen_by_reaper)
    assert fresh(claimed).status == Status.REVOKED


def test_a_cancelled_run_that_loses_its_last_worker_is_cancelled_and_did_not_fail(claimed):
    past = timezone.now() - timedelta(seconds=1)
    TaskHistory.objects.filter(pk=claimed.pk).update(lease_expires_at=past, losses=100)
    seen_by_reaper = fresh(claimed)
    cancelling.request_cancel(fresh(claimed), by="ana")
    assert transitions.reap(seen_by_reaper)
    assert (fresh(claimed).status, fresh(claimed).error_code) == (Status.REVOKED, "")


def test_nobody_claims_a_run_that_bears_a_cancel(claimed):
    """However it came to wait with one: no transition of today's leaves it so."""
    transitions.try_again(claimed, "away", "Away")
    TaskHistory.objects.filter(pk=claimed.pk).update(cancel_requested_at=timezone.now())
    assert transitions.claim(claimed.pk, 2, worker="w2") is None
    assert fresh(claimed).epoch == 1


def test_a_cancel_is_not_lost_while_the_run_changes_hands(claimed):
    """It runs at the canceller's first look and waits for the next attempt at the second."""
    looks = []

    def between(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and '"cancel_requested_by"' in sql:
            looks.append(sql)
            if len(looks) == 2:
                transitions.try_again(claimed, "away", "Away", after=100)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(between):
        run = cancelling.request_cancel(fresh(claimed), by="ana")
    assert run.status == Status.REVOKED


def test_the_worker_says_once_that_it_has_heard(claimed):
    assert not cancelling.acknowledge_cancel(claimed)
    cancelling.request_cancel(fresh(claimed), by="ana")
    assert cancelling.acknowledge_cancel(claimed)
    seen = fresh(claimed).cancel_seen_at
    assert not cancelling.acknowledge_cancel(claimed)
    assert fresh(claimed).cancel_seen_at == seen


def test_a_press_without_effect_is_repeated(claimed, settings):
    long_ago = timezone.now() - timedelta(days=1)
    TaskHistory.objects.filter(pk=claimed.pk).update(cancel_requested_at=long_ago)
    assert cancelling.escalate_cancel(fresh(claimed))
    assert not cancelling.escalate_cancel(fresh(claimed))
    TaskHistory.objects.filter(pk=claimed.pk).update(cancel_escalated_at=long_ago)
    assert cancelling.escalate_cancel(fresh(claimed))


@pytest.mark.django_db(transaction=True)  # the progress is written by a thread of its own
def test_a_success_after_a_passing_fault_shows_no_error(launched):
    run = launched(items=2)
    first = transitions.claim(run.pk, 1, worker="w1")
    transitions.try_again(first, "away", "Away")
    ended = perform(run.pk, 2, worker="w1")
    assert (ended.status, ended.error_code, ended.error_message) == (Status.SUCCESS, "", "")
    assert TaskResult.objects.get(task_id=run.task_id).result == '{"counted": 2}'


@pytest.mark.parametrize("after", [float("inf"), 1e12, -5.0])
def test_a_wait_that_the_other_side_asks_for_is_bounded(claimed, after):
    assert transitions.try_again(claimed, "away", "Away", after=after)
    wait = fresh(claimed).next_attempt_at - timezone.now()
    assert wait <= timedelta(days=1)
