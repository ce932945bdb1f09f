"""Row 15 of the fault matrix: what was cancelled never runs afterwards."""

from contextlib import contextmanager

from celery.result import AsyncResult

from admintools.jobs.cancelling import request_cancel
from admintools.jobs.models import Status, TaskHistory
from tests.support.clocks import at_most
from tests.support.invariants import hold, nothing_begins
from tests.support.site import ended, run_until

from .conftest import trace_of

# Longer than the dispatcher waits before it sends an unclaimed run again.
LONG_ENOUGH = 4


def test_what_was_cancelled_while_queued_never_runs(site, broker, traced, page):
    """Its message still lies in the queue, and in an outage nobody could have taken it out."""
    up, away, frozen = (traced(items=3) for _ in range(3))
    request_cancel(up, by="ana")
    with stopped(broker.kill, broker.start):
        request_cancel(away, by="ana")
    with stopped(broker.freeze, broker.thaw):
        request_cancel(frozen, by="ana")
    assert broker.client().llen("learning") == 3
    site.worker("learning")
    site.dispatch()
    last = traced(items=1)
    assert run_until(last, ended).status == Status.SUCCESS
    nothing_begins(trace_of(last), seconds=LONG_ENOUGH)
    for run in TaskHistory.objects.filter(pk__in=[up.pk, away.pk, frozen.pk]):
        assert (run.status, run.epoch, trace_of(run).exists()) == (Status.REVOKED, 0, False)
        run_until(run, lambda r: r.stored_seq == r.seq, timeout=at_most(10))
        assert AsyncResult(run.task_id).status == "REVOKED"
    hold(site, page)


@contextmanager
def stopped(stop, start):
    """An outage of the broker, over when the block ends."""
    stop()
    try:
        yield
    finally:
        start()


def test_a_cancel_while_running_is_confirmed_by_the_worker(site, traced, page):
    site.worker("learning")
    site.dispatch()
    run = traced(items=500, pause=0.05)
    run_until(run, lambda r: r.done >= 3)
    request_cancel(run, by="ana")
    run = run_until(run, ended, timeout=10)
    assert run.status == Status.REVOKED
    assert 3 <= run.done < 500
    nothing_begins(trace_of(run), seconds=LONG_ENOUGH)
    hold(site, page)


def test_a_cancel_survives_the_restart_of_the_worker(site, traced, page):
    worker = site.worker("learning")
    run = traced(items=500, pause=0.05)
    run_until(run, lambda r: r.done >= 3)
    worker.kill()
    request_cancel(run, by="ana")
    site.worker("learning", name="w2")
    site.dispatch()
    run = run_until(run, ended, timeout=at_most(20))
    assert (run.status, run.epoch) == (Status.REVOKED, 1)
    nothing_begins(trace_of(run), seconds=LONG_ENOUGH)
    hold(site, page)


def test_a_cancel_between_two_attempts_is_the_end(site, traced, page):
    """The worker is lost, the reaper gives the run back, nobody has it: then the cancel comes."""
    worker = site.worker("learning")
    site.dispatch()
    run = traced(items=500, pause=0.05)
    run_until(run, lambda r: r.done >= 3)
    worker.kill()
    run_until(run, lambda r: r.status == Status.RETRY, timeout=at_most(20))
    request_cancel(run, by="ana")
    site.worker("learning", name="w2")
    nothing_begins(trace_of(run), seconds=LONG_ENOUGH)
    run = TaskHistory.objects.get(pk=run.pk)
    assert (run.status, run.epoch) == (Status.REVOKED, 1)
    hold(site, page)
