"""Row 4 of the fault matrix: a worker that is told to go in the middle of a run."""

import signal
import time

from celery.result import AsyncResult

from admintools.jobs.models import Status
from tests.support.clocks import at_most, pick
from tests.support.invariants import hold
from tests.support.site import ended, run_until

# The soft shutdown (2 s in the suite, 60 s by default) and what a worker needs to end by itself.
GONE_WITHIN = pick(2 + 5, 70)
ITEMS = pick(60, 900)


def test_sigterm_mid_run_ends_the_worker_in_time_and_the_run_resumes_once(site, traced, page):
    workers = {name: site.worker("learning", name=name) for name in ("w1", "w2")}
    site.dispatch()
    run = traced("trial_resume", items=ITEMS, pause=0.1)
    run = run_until(run, lambda r: r.done >= 5)
    leaving = workers.pop(run.worker.partition("@")[0])
    began = time.monotonic()
    leaving.send(signal.SIGTERM)
    leaving.wait(timeout=at_most(20))
    assert time.monotonic() - began < GONE_WITHIN
    run_until(run, lambda r: r.epoch == 2, timeout=at_most(10))
    assert AsyncResult(run.task_id).status in ("PROGRESS", "RETRY")
    run = run_until(run, ended, timeout=at_most(30))
    assert (run.status, run.attempt, run.losses, run.drains) == (Status.SUCCESS, 2, 0, 1)
    again, left = run.attempts.all()
    assert (again.outcome, left.outcome) == ("succeeded", "drained")
    assert again.resumed_from == left.reached >= 5
    assert run.worker.partition("@")[0] in workers
    hold(site, page)
