"""A worker that is told to go, again and again, with all that it carries."""

import signal
import time

from celery.result import AsyncResult

from admintools.jobs.cancelling import request_cancel
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status
from tests.support.site import ended, run_until

BY_TEST = Initiator(Source.COMMAND, name="test")


def start(slug="trial_count", **parameters):
    return launch(slug, parameters=parameters, initiator=BY_TEST)


def test_a_run_survives_a_restart_of_everything_again_and_again(site, broker):
    """A deploy: worker, dispatcher and broker go and come back, more often than a run may lose
    its worker."""
    run = start(items=60, pause=0.1)
    for number in range(3):
        worker, dispatcher = site.worker("learning", name=f"w{number}"), site.dispatch()
        run_until(run, lambda r, at=number: r.epoch > at and r.done >= 3, timeout=20)
        worker.send(signal.SIGTERM)
        dispatcher.send(signal.SIGTERM)
        worker.wait(timeout=20)
        dispatcher.wait(timeout=20)
        broker.stop()
        broker.start()
    site.worker("learning", name="last")
    site.dispatch()
    run = run_until(run, ended, timeout=30)
    assert (run.status, run.losses, run.drains) == (Status.SUCCESS, 0, 3)


def test_a_body_that_never_reports_goes_with_its_process(site):
    worker = site.worker("learning")
    site.dispatch()
    run = start("trial_deaf")
    run_until(run, lambda r: r.status == Status.PROGRESS)
    worker.send(signal.SIGTERM)
    worker.wait(timeout=15)
    run = run_until(run, lambda r: r.status == Status.RETRY, timeout=20)
    assert (run.losses, run.drains) == (1, 0)


def test_a_short_run_ends_before_the_worker_goes(site):
    worker = site.worker("learning")
    run = start(items=10, pause=0.1)
    run_until(run, lambda r: r.done >= 3)
    worker.send(signal.SIGTERM)
    worker.wait(timeout=20)
    run = run_until(run, ended, timeout=1)
    assert (run.status, run.attempt) == (Status.SUCCESS, 1)


def test_a_body_that_ignores_a_cancel_is_ended_and_the_worker_lives(site):
    """Escalation: the flag is ignored, the process is ended, the reaper confirms."""
    worker = site.worker("learning")
    site.dispatch()
    run = start("trial_deaf")
    run_until(run, lambda r: r.status == Status.PROGRESS)
    request_cancel(run, by="ana")
    run = run_until(run, ended, timeout=30)
    assert run.status == Status.REVOKED
    run_until(run, lambda r: r.stored_seq == r.seq, timeout=5)
    assert AsyncResult(run.task_id).status == "REVOKED"
    # The worker has one process, and the body would have slept for a minute.
    later = run_until(start(items=2), ended)
    assert later.status == Status.SUCCESS
    assert worker.running


def test_a_worker_that_did_forty_runs_holds_no_more_connections(site, broker):
    site.worker("learning")
    run_until(start(items=1), ended)
    before = len(broker.client().client_list())
    last = [start(items=1) for _ in range(40)][-1]
    run_until(last, ended, timeout=60)
    time.sleep(1)
    after = len(broker.client().client_list())
    assert after <= before + 2, (before, after)
