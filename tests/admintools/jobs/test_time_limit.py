"""A worker's time limit: what stored items is handed on, what did not ends."""

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from admintools.jobs import cancelling, execution, transitions
from admintools.jobs.execution import perform
from admintools.jobs.models import Status, TaskHistory

pytestmark = pytest.mark.django_db(transaction=True)


def claimed(run, checkpoint=0, now=None):
    """The run claimed with that checkpoint, which stands at ``now`` when the limit comes."""
    rows = TaskHistory.objects.filter(pk=run.pk)
    rows.update(checkpoint=checkpoint)
    held = transitions.claim(run.pk, 1, worker="w1")
    rows.update(checkpoint=checkpoint if now is None else now)
    return held


def test_a_run_that_stored_items_is_handed_on_at_once(launched):
    run = claimed(launched(), now=7)
    assert transitions.out_of_time(run)
    run = TaskHistory.objects.get(pk=run.pk)
    assert (run.status, run.attempt, run.checkpoint) == (Status.RETRY, 2, 7)
    assert (run.attempts.get().outcome, run.attempts.get().reached) == ("limited", 7)
    assert list(TaskHistory.objects.due()) == [run]


def test_the_limit_uses_up_neither_an_attempt_nor_a_loss(launched):
    run = claimed(launched(), now=7)
    before = run.tries
    transitions.out_of_time(run)
    again = transitions.claim(run.pk, 2, worker="w2")
    assert (again.tries, again.losses) == (before, 0)


def test_a_run_that_stores_is_told_by_its_reports_before_celery_interrupts_it(launched, settings):
    settings.CELERY_TASK_SOFT_TIME_LIMIT = settings.PROGRESS_INTERVAL = 0.01
    run = perform(launched("trial_resume", items=200, pause=0.01).pk, 1, worker="w1")
    assert (run.status, run.attempt) == (Status.RETRY, 2)
    assert 0 < run.checkpoint < 200


def test_a_command_is_no_worker_and_has_no_limit(launched, settings):
    settings.CELERY_TASK_SOFT_TIME_LIMIT = settings.PROGRESS_INTERVAL = 0.01
    run = launched("trial_resume", items=20, pause=0.01)
    TaskHistory.objects.filter(pk=run.pk).update(inline=True)
    assert perform(run.pk, 1, worker="w1").status == Status.SUCCESS


def test_the_limit_does_not_keep_a_run_that_is_done_from_saying_so(launched):
    run = claimed(launched())
    interrupted = iter([True, False])

    def ended(run):
        if next(interrupted):
            raise SoftTimeLimitExceeded
        transitions.succeed(run, {})

    execution._write_end(run, ended)
    assert TaskHistory.objects.get(pk=run.pk).status == Status.SUCCESS


def test_a_run_that_stored_nothing_ends(launched):
    run = claimed(launched())
    assert transitions.out_of_time(run)
    run = TaskHistory.objects.get(pk=run.pk)
    assert (run.status, run.error_code) == (Status.FAILURE, "time_limit")


def test_what_earlier_attempts_stored_does_not_count(launched):
    transitions.out_of_time(run := claimed(launched(), checkpoint=7))
    assert TaskHistory.objects.get(pk=run.pk).error_code == "time_limit"


def test_a_cancelled_run_ends_as_cancelled(launched):
    run = claimed(launched(), now=7)
    cancelling.request_cancel(TaskHistory.objects.get(pk=run.pk), by="ana")
    transitions.out_of_time(run)
    assert TaskHistory.objects.get(pk=run.pk).status == Status.REVOKED


def test_a_worker_that_lost_the_run_changes_nothing(launched):
    run = claimed(launched(), now=7)
    TaskHistory.objects.filter(pk=run.pk).update(epoch=9)
    assert not transitions.out_of_time(run)
    assert TaskHistory.objects.get(pk=run.pk).status == Status.STARTED
