"""Pausing a queue, with a real broker, worker and dispatcher."""

import time

import pytest

from admintools.jobs import pausing, queues
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status, TaskHistory
from tests.support.site import ended, run_until

BY_TEST = Initiator(Source.COMMAND, name="test")


@pytest.fixture(autouse=True)
def no_old_facts():
    queues.forget()
    yield
    queues.forget()


def start(slug="trial_count", **parameters):
    return launch(slug, parameters=parameters, initiator=BY_TEST)


def statuses():
    return set(TaskHistory.objects.values_list("status", flat=True))


def test_a_paused_queue_starts_nothing_and_on_resume_everything_at_once(site, broker):
    # Sent again only when resumed, not because it waited for long.
    site.env["REPUBLISH_AFTER"] = "600"
    site.env["PUBLISH_GRACE_SECONDS"] = "600"
    sent_before = [start() for _ in range(3)]
    assert broker.client().llen("learning") == 3
    pausing.pause("learning", "ana")
    held = [start() for _ in range(3)]
    assert broker.client().llen("learning") == 3
    site.worker("learning")
    site.dispatch()
    time.sleep(2)
    assert broker.client().llen("learning") == 0  # taken by the worker, and dropped
    assert statuses() == {Status.PENDING}
    resumed_at = time.monotonic()
    pausing.resume("learning", "ana")
    for run in (*sent_before, *held):
        assert run_until(run, ended, timeout=10).status == Status.SUCCESS
    assert time.monotonic() - resumed_at < 8
    assert set(TaskHistory.objects.values_list("epoch", flat=True)) == {1}


def test_what_runs_goes_on_and_other_queues_too(site):
    site.worker("learning", "celery")
    run = start(items=20, pause=0.1)
    run_until(run, lambda row: row.done > 2)
    pausing.pause("learning", "ana")
    other = start("cleanup")
    assert run_until(run, ended).status == Status.SUCCESS
    assert run_until(other, ended).status == Status.SUCCESS


def test_a_run_that_loses_its_worker_waits_for_the_resume(site):
    site.dispatch()
    worker = site.worker("learning")
    run = start(items=10, pause=0.2)
    run_until(run, lambda row: row.done > 1)
    pausing.pause("learning", "ana")
    worker.kill()
    site.worker("learning", name="w2")
    run_until(run, lambda row: row.status == Status.RETRY)
    time.sleep(1)
    assert TaskHistory.objects.get(pk=run.pk).epoch == 1
    pausing.resume("learning", "ana")
    row = run_until(run, ended)
    assert (row.status, row.attempt, row.losses) == (Status.SUCCESS, 2, 1)
