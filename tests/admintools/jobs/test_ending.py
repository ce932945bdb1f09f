"""What a job does when a run of it is over, however that came: here keyword generation, whose run
a person must be able to decide about."""

from datetime import timedelta

import pytest
from django.utils import timezone

from admintools.jobs import cancelling, transitions
from admintools.jobs.execution import perform
from admintools.jobs.models import Status, TaskHistory
from admintools.jobs.sources import RunSource
from admintools.tasks import keywords
from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation import model_run
from micasillero.generation.models import GenerationRun, RunState

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job(launched):
    return launched("generate_keywords", provider="anthropic")


@pytest.fixture
def working(job):
    """A worker has the run, and its generation has begun."""
    GenerationRun.objects.create(run_id=job.task_id, provider="anthropic", model="m")
    return transitions.claim(job.pk, 1, worker="w1")


def lose(run, losses):
    """The last worker that may be lost is killed, and the reaper comes by."""
    past = timezone.now() - timedelta(minutes=5)
    TaskHistory.objects.filter(pk=run.pk).update(losses=losses, lease_expires_at=past)
    RunSource().take_back_dead()


def state():
    return GenerationRun.objects.get().state


def test_a_run_that_lost_its_last_worker_waits_for_a_person(working):
    lose(working, losses=2)
    assert TaskHistory.objects.get().error_code == "worker_lost"
    assert state() == RunState.WAITING
    assert GenerationRun.objects.get().ended_at is not None


def test_a_run_that_goes_on_with_another_worker_does_not(working):
    lose(working, losses=0)
    assert state() == RunState.RUNNING


def test_an_unexpected_error_lets_a_person_decide(job, ai_server, monkeypatch):
    def broken(_ids):
        raise RuntimeError("a defect")

    PartidaArancelaria.objects.create(item_no="9503.00.10.00", descripcion="x", is_leaf=True)
    monkeypatch.setattr(model_run, "items_of", broken)
    run = perform(job.pk, 1, worker="w1")
    assert (run.error_code, state()) == ("unexpected", RunState.WAITING)


def test_a_run_cancelled_while_it_waits_for_its_next_attempt_lets_a_person_decide(working):
    transitions.try_again(working, "away", "Away")
    cancelling.request_cancel(TaskHistory.objects.get(), by="ana")
    assert (TaskHistory.objects.get().status, state()) == (Status.REVOKED, RunState.WAITING)


def test_what_a_person_decided_already_stays(working):
    GenerationRun.objects.update(state=RunState.REJECTED)
    transitions.succeed(working, {})
    assert state() == RunState.REJECTED


def test_a_defect_in_what_follows_does_not_keep_the_run_from_ending(working, monkeypatch):
    def broken(_run_id):
        raise RuntimeError("a defect")

    monkeypatch.setattr(keywords, "close_ended", broken)
    assert transitions.fail(working, "time_limit", "Too long")
    assert TaskHistory.objects.get().status == Status.FAILURE
