"""Rows 1, 2, 3 and 5 of the fault matrix: workers that die or freeze."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from admintools.jobs.models import Status, TaskHistory
from tests.support.clocks import SOAK, at_most, pick
from tests.support.invariants import hold, nothing_begins
from tests.support.site import ended, run_until

from .conftest import trace_of

KILLS = pick(4, 50)
LOAD = pick(24, 250)
FROZEN_FOR = pick(0, 180)


@pytest.mark.parametrize("job", ["trial_resume", "trial_count"])
def test_a_killed_pool_child_loses_no_run(site, traced, page, job):
    """Row 1. A job that stores its items resumes from its checkpoint, any other starts over."""
    site.worker("learning")
    site.dispatch()
    run = traced(job, items=30, pause=0.1)
    run_until(run, lambda r: r.done >= 5)
    child = int(trace_of(run).read_text().split()[2])
    os.kill(child, signal.SIGKILL)
    run = run_until(run, ended, timeout=at_most(40))
    assert (run.status, run.attempt, run.losses) == (Status.SUCCESS, 2, 1)
    again, lost = run.attempts.all()
    assert (again.outcome, lost.outcome) == ("succeeded", "lost")
    assert again.resumed_from == (lost.reached if job == "trial_resume" else 0)
    if job == "trial_resume":
        assert lost.reached >= 5
        begun = len(trace_of(run).read_text().splitlines())
        assert begun <= 30 + 1, "no more than the item that was in hand is done again"
    hold(site, page)


def test_workers_killed_again_and_again_under_load_lose_no_run(site, traced, page):
    """Row 2. Half of the runs survive any number of losses, half end at their third."""
    site.dispatch()
    jobs = ("trial_hardy", "trial_count")
    runs = [traced(jobs[n % 2], items=20, pause=0.05) for n in range(LOAD)]
    chance = random.Random(4)
    worker = site.worker("learning", concurrency=2, name="w0")
    for number in range(1, KILLS + 1):
        following = site.worker("learning", concurrency=2, name=f"w{number}")
        time.sleep(chance.uniform(0.0, 0.5))
        worker.kill()
        worker = following
    for run in runs:
        run_until(run, ended, timeout=at_most(60))
    rows = TaskHistory.objects.order_by("id")
    assert sum(row.losses for row in rows) >= KILLS // 2, "the kills hit next to nothing"
    for row in rows.filter(job="trial_hardy"):
        assert row.status == Status.SUCCESS
    for row in rows.filter(job="trial_count"):
        wanted = (Status.FAILURE, "worker_lost") if row.losses == 3 else (Status.SUCCESS, "")
        assert (row.status, row.error_code) == wanted, row.losses
    hold(site, page)


def test_a_task_that_kills_its_worker_starts_three_times_and_no_more(site, start, tmp_path, page):
    """Row 3."""
    trace = tmp_path / "trace"
    if not SOAK:
        site.env |= {"LEASE_SECONDS": "2", "HEARTBEAT_SECONDS": "0.5"}
    site.worker("learning")
    site.dispatch()
    run = start("trial_trouble", how="kill", trace=str(trace))
    run = run_until(run, ended, timeout=at_most(60))
    assert (run.status, run.error_code) == (Status.FAILURE, "worker_lost")
    assert Path(trace).read_text().split() == ["1", "2", "3"]
    hold(site, page)


def test_a_frozen_worker_that_wakes_writes_nothing(site, traced, page):
    """Row 5."""
    first = site.worker("learning", name="w1")
    site.dispatch()
    run = traced(items=40, pause=0.1)
    run_until(run, lambda r: r.done >= 5)
    first.freeze()
    froze = time.monotonic()
    site.worker("learning", name="w2")
    run_until(run, lambda r: r.epoch == 2, timeout=at_most(30))
    time.sleep(max(0.0, FROZEN_FOR - (time.monotonic() - froze)))
    first.thaw()
    run = run_until(run, ended, timeout=30)
    assert (run.status, run.epoch) == (Status.SUCCESS, 2)
    assert run.worker.startswith("w2@")
    nothing_begins(trace_of(run), seconds=1)
    assert sum(line.split()[1] == "1" for line in trace_of(run).read_text().splitlines()) < 40, (
        "the zombie went on to the end"
    )
    assert TaskHistory.objects.get(pk=run.pk).seq == run.seq
    hold(site, page)
