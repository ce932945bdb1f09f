"""What a click costs and what stays true while Redis A is down or silent."""

import time

import pytest
from celery.result import AsyncResult

from admintools.jobs import cancelling, hints, launch, transitions
from admintools.jobs.models import Source, Status, TaskHistory
from admintools.jobs.sources import RunSource

BY_TEST = launch.Initiator(Source.CONSOLE, name="ana")
LONGEST_CLICK = 3.0


def start(**parameters):
    return launch.launch("trial_count", parameters=parameters, initiator=BY_TEST)


def seconds_of(action):
    hints._backend._until = hints._channel._until = 0.0
    began = time.monotonic()
    action()
    return time.monotonic() - began


def running():
    run = start()
    return transitions.claim(run.pk, 1, worker="w1")


@pytest.fixture(params=["down", "frozen"])
def outage(request, site, broker):
    """Begins the outage when called; ends it after the test."""
    yield broker.stop if request.param == "down" else broker.freeze
    broker.start() if request.param == "down" else broker.thaw()


@pytest.mark.parametrize("connected", [True, False])
def test_a_launch_answers_in_time(outage, connected):
    if connected:
        start()
    outage()
    assert seconds_of(start) < LONGEST_CLICK


@pytest.mark.parametrize("connected", [True, False])
def test_a_cancel_answers_in_time(outage, connected):
    waiting, taken = start(), running()
    if connected:
        hints.tell(taken)
    else:
        TaskHistory.objects.update(stored_seq=0)
    outage()
    for run in (waiting, taken):
        assert seconds_of(lambda run=run: cancelling.request_cancel(run, by="ana")) < LONGEST_CLICK


def test_an_end_reaches_the_result_backend_once_it_is_back(site, broker):
    runs = {"REVOKED": start(), "FAILURE": running(), "SUCCESS": running(), "RETRY": running()}
    broker.stop()
    cancelling.request_cancel(runs["REVOKED"], by="ana")
    transitions.fail(runs["FAILURE"], "no_luck", "No luck")
    transitions.succeed(runs["SUCCESS"], {"n": 1})
    transitions.try_again(runs["RETRY"], "away", "Away", after=100)
    broker.start()
    hints._backend._until = 0.0
    RunSource().take_back_dead()
    told = {state: AsyncResult(run.task_id).status for state, run in runs.items()}
    assert told == {state: state for state in runs}


def test_a_belated_word_does_not_hide_the_end(site):
    """A canceller reads the row, the worker ends it and says so, then the canceller speaks."""
    run = running()
    belated = TaskHistory.objects.get(pk=run.pk)
    transitions.fail(run, "no_luck", "No luck")
    hints.tell_backend(belated)
    assert AsyncResult(run.task_id).status == "FAILURE"


def test_a_belated_retry_does_not_hide_the_next_attempts_end(site):
    run = running()
    transitions.try_again(run, "away", "Away")
    belated = TaskHistory.objects.get(pk=run.pk)
    again = transitions.claim(run.pk, 2, worker="w2")
    transitions.cancelled(again)
    hints.tell_backend(belated)
    assert AsyncResult(run.task_id).status == "REVOKED"


def test_a_cancel_that_could_not_be_pressed_is_pressed_again(site, broker, settings):
    run = running()
    cancelling.request_cancel(run, by="ana")
    settings.CANCEL_ESCALATION_SECONDS = 0.0
    time.sleep(0.01)
    broker.stop()
    RunSource().take_back_dead()
    assert TaskHistory.objects.cancel_overdue().filter(pk=run.pk).exists()


def test_a_run_taken_at_once_counts_as_sent(site):
    """A quick worker claims before its publisher has noted that the message went out."""
    from django.db import connection

    def claim_first(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and '"publications"' in sql and not taken:
            taken.append(True)
            pk = TaskHistory.objects.latest("id").pk
            transitions.claim(pk, 1, worker="w1", celery_id="the-message")
        return execute(sql, params, many, context)

    taken = []
    with connection.execute_wrapper(claim_first):
        run = start()
    assert taken
    assert (run.published_at is not None, run.status) == (True, Status.STARTED)
    assert run.attempt_task_id == "the-message"
