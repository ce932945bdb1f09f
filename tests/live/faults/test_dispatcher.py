"""Rows 13 and 14 of the fault matrix: no dispatcher, then two. For two beats: test_schedule.py."""

import time

from admintools.jobs.models import Status, TaskHistory
from tests.support.clocks import SOAK, at_most, pick
from tests.support.invariants import hold
from tests.support.site import ended, run_until

from .conftest import trace_of

DEAD_FOR = pick(0, 300)


def test_what_a_dead_dispatcher_left_lying_is_caught_up_by_two_and_nothing_runs_twice(
    site, broker, traced, page
):
    """A run that lost its worker, one whose message is gone, one that was never sent."""
    if not SOAK:
        site.env |= {"REPUBLISH_AFTER": "1"}
    dispatcher, worker = site.dispatch(), site.worker("learning")
    orphan = traced("trial_resume", items=20, pause=0.1)
    run_until(orphan, lambda row: row.done >= 3)
    dispatcher.kill()
    worker.kill()
    lost = traced(items=5)
    broker.client().flushall()
    broker.kill()
    unsent = traced(items=5)
    broker.start()
    site.worker("learning", concurrency=2, name="w2")
    time.sleep(DEAD_FOR)
    assert TaskHistory.objects.filter(epoch=0).count() == 2, "somebody else has sent them"
    for _ in range(2):
        site.dispatch()
    ends = [run_until(run, ended, timeout=at_most(40)) for run in (orphan, lost, unsent)]
    assert [(run.status, run.epoch) for run in ends] == [
        (Status.SUCCESS, 2), (Status.SUCCESS, 1), (Status.SUCCESS, 1),
    ]  # fmt: skip
    assert [len(trace_of(run).read_text().splitlines()) for run in ends[1:]] == [5, 5]
    hold(site, page)
