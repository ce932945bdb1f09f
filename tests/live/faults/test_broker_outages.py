"""Rows 6, 7 and 8 of the fault matrix: the broker goes, hangs, or forgets."""

import time

import pytest
from celery.result import AsyncResult

from admintools.jobs.models import Status
from tests.support.clocks import at_most, pick
from tests.support.invariants import hold
from tests.support.site import ended, run_until

ITEMS = pick(20, 150)


@pytest.mark.parametrize("outage", pick([1.0, 5.0], [6.0, 60.0]))
def test_busy_workers_go_on_through_an_outage_of_the_broker(site, broker, traced, page, outage):
    """Row 6. Two runs are under way, four wait in the queue, one is launched meanwhile."""
    worker = site.worker("learning", concurrency=2)
    site.dispatch()
    runs = [traced(items=ITEMS, pause=0.1) for _ in range(6)]
    for run in runs[:2]:
        run_until(run, lambda r: r.done >= 3)
    broker.kill()
    runs.append(traced(items=5))
    time.sleep(outage)
    broker.start()
    for run in runs:
        ending = run_until(run, ended, timeout=at_most(30))
        assert (ending.status, ending.epoch) == (Status.SUCCESS, 1)
    assert worker.running
    hold(site, page)
    for run in runs:
        run_until(run, lambda r: r.stored_seq == r.seq, timeout=at_most(10))
        assert AsyncResult(run.task_id).status == "SUCCESS"


def test_a_launch_with_a_frozen_broker_answers_within_three_seconds(site, broker, start):
    """Row 7; through the web in tests/live/test_console.py."""
    start(items=1)  # a connection that is already open
    broker.freeze()
    try:
        began = time.monotonic()
        run = start(items=2)
        took = time.monotonic() - began
    finally:
        broker.thaw()
    assert took < 3
    site.worker("learning")
    site.dispatch()
    assert run_until(run, ended, timeout=at_most(30)).status == Status.SUCCESS
    hold(site)


def test_queued_runs_survive_a_broker_that_forgets_everything(site, broker, traced):
    """Row 8."""
    runs = [traced(items=1) for _ in range(20)]
    broker.client().flushall()
    site.worker("learning")
    site.dispatch()
    for run in runs:
        run = run_until(run, ended, timeout=at_most(30))
        assert (run.status, run.attempt) == (Status.SUCCESS, 1)
    hold(site)
