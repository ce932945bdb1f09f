"""A worker that is asked to leave hands its runs on; that is neither a loss nor a failed try."""

import pytest

from admintools.jobs import cancelling, draining, transitions
from admintools.jobs.execution import perform
from admintools.jobs.models import Status, TaskHistory
from admintools.jobs.registry import registry


@pytest.fixture
def leaving(settings):
    """The worker's time to finish is over as soon as it is asked to go."""
    settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 0.0
    settings.PROGRESS_INTERVAL = 0.01
    draining.begin()
    yield
    draining.forget()


@pytest.fixture
def staying():
    draining.forget()


@pytest.mark.django_db(transaction=True)
def test_a_run_is_given_back_for_another_worker(launched, leaving):
    run = perform(launched(items=200, pause=0.01).pk, 1, worker="w1")
    assert (run.status, run.attempt, run.losses, run.drains) == (Status.RETRY, 2, 0, 1)
    assert run.published_at is None
    assert run.attempts.get().outcome == "drained"


@pytest.mark.django_db(transaction=True)
def test_a_drained_run_is_due_at_once(launched, leaving):
    run = perform(launched(items=200, pause=0.01).pk, 1, worker="w1")
    assert list(TaskHistory.objects.due()) == [run]


@pytest.mark.django_db(transaction=True)
def test_deploys_use_up_no_attempt(launched, leaving):
    """trial_trouble has three attempts; a fault after five drains is still its first."""
    run = launched("trial_trouble", how="passing", until=99)
    TaskHistory.objects.filter(pk=run.pk).update(attempt=6, drains=5)
    draining.forget()
    run = perform(run.pk, 6, worker="w1")
    assert (run.status, run.attempt) == (Status.RETRY, 7)


@pytest.mark.django_db(transaction=True)
def test_a_cancel_during_the_drain_ends_the_run(launched):
    run = transitions.claim(launched().pk, 1, worker="w1")
    cancelling.request_cancel(TaskHistory.objects.get(pk=run.pk), by="ana")
    transitions.give_back(run)
    assert TaskHistory.objects.get(pk=run.pk).status == Status.REVOKED


@pytest.mark.django_db(transaction=True)
def test_a_job_that_must_not_repeat_itself_is_left_to_finish(launched, leaving):
    """A rollback begun a second time would undo the first."""
    assert registry.get("rollback_index").losses == 1
    run = launched("trial_once", items=30, pause=0.01)
    assert perform(run.pk, 1, worker="w1").status == Status.SUCCESS


def test_a_worker_that_stays_drains_nothing(staying):
    assert not draining.is_due()


def test_a_leaving_worker_first_has_time_to_finish(settings, staying):
    settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 60.0
    draining.begin()
    assert not draining.is_due()
    draining.forget()
