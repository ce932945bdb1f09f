"""Rows 6, 7 and 8 of the fault matrix: the broker goes, hangs, or forgets."""

import time

import pytest
from celery.result import AsyncResult

from admintools.jobs.models import Status, TaskHistory
from micasillero.catalog.seeding import seed
from tests.support.clocks import at_most, pick
from tests.support.invariants import hold
from tests.support.site import ended, run_until

from .conftest import trace_of

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
    assert len({pid for run in runs for pid in processes_of(run)}) <= 2, "its pool was restarted"
    hold(site, page)
    for run in runs:
        run_until(run, lambda r: r.stored_seq == r.seq, timeout=at_most(10))
        assert AsyncResult(run.task_id).status == "SUCCESS"


def processes_of(run):
    return [line.split()[2] for line in trace_of(run).read_text().splitlines()]


def test_a_click_on_a_frozen_broker_is_answered_in_time_and_runs_later(site, broker, boss, page):
    """Row 7, on connections that were open before; without any: tests/live/test_job_outages.py."""
    seed(100)
    worker = site.worker("elasticsearch")
    site.dispatch()
    before = pressed(boss)
    run_until(before, ended, timeout=at_most(30))
    broker.freeze()
    try:
        began = time.monotonic()
        run = pressed(boss, queued=False)
        took = time.monotonic() - began
        status, shown = boss.get(f"/admin/elasticsearch/task-status/{run.task_id}/")
        told_after = time.monotonic() - began - took
        assert (status, shown["state"]) == (200, "unsent")
    finally:
        broker.thaw()
    assert took < 3
    assert told_after < 3
    assert run_until(run, ended, timeout=at_most(30)).status == Status.SUCCESS
    assert worker.running
    hold(site, page)


def pressed(boss, *, queued=True):
    """The run that a click on "rebuild" made."""
    status, told = boss.post("/admin/elasticsearch/rebuild/")
    assert (status, told["queued"]) == (202, queued)
    return TaskHistory.objects.get(task_id=told["task_id"])


def test_queued_runs_survive_a_broker_that_forgets_everything(site, broker, traced, page):
    """Row 8."""
    runs = [traced(items=1) for _ in range(20)]
    broker.client().flushall()
    site.worker("learning")
    site.dispatch()
    for run in runs:
        run = run_until(run, ended, timeout=at_most(30))
        assert (run.status, run.attempt) == (Status.SUCCESS, 1)
    hold(site, page)
