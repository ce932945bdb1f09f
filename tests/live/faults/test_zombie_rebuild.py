"""Row 5 of the fault matrix for a job that leaves something behind: an index, on both engines.

A worker is frozen in the middle of a rebuild until its lease has run out. Whenever it wakes, it
changes nothing: neither the run's row nor the alias nor an index that is not its own.
"""

import time

import pytest
from celery.result import AsyncResult

from admintools.jobs import hints, pausing
from admintools.jobs.models import Status, TaskHistory
from micasillero.catalog.seeding import seed
from micasillero.search.engines import get_engine
from tests.support.clocks import at_most, pick
from tests.support.invariants import hold
from tests.support.site import ended, run_until

FROZEN_FOR = pick(0, 180)
# So many that a rebuild has a middle.
LINES = {"tantivy": 12_000, "elasticsearch": 8_000}


class Frozen:
    """A worker that was stopped in the middle of a rebuild, with an index live and one half
    built."""

    def __init__(self, site, start):
        self.worker = site.worker("elasticsearch", name="w1")
        self.served = run_until(start("rebuild_index"), ended, timeout=60).result["index"]
        self.run = start("rebuild_index")
        run_until(self.run, lambda r: r.phase == "index" and r.done > 0, timeout=60)
        self.worker.freeze()
        self.froze = time.monotonic()
        (self.half_built,) = (index.name for index in get_engine().indices() if index.building)

    def wake(self):
        """And wait until the body has come to its end, however it did."""
        time.sleep(max(0.0, FROZEN_FOR - (time.monotonic() - self.froze)))
        self.worker.thaw()
        self.worker.wait_until(
            lambda: self.worker.output().count("[celery.app.trace]") == 2, "done", timeout=30
        )
        time.sleep(1)

    def left(self):
        """All that a rebuild leaves, except for what this worker had half built: the row with its
        attempts and lines, the alias, the indices with their documents."""
        engine = get_engine()
        row = TaskHistory.objects.filter(pk=self.run.pk).values().get()
        attempts = list(self.run.attempts.order_by("id").values())
        lines = list(self.run.lines.order_by("id").values_list("id", "text"))
        found = {
            (index.name, index.building): engine.count(index.name)
            for index in engine.indices()
            if index.name != self.half_built
        }
        return row, attempts, lines, engine.live_index(), found

    def told(self):
        """What Celery tells, as state and text."""
        result = AsyncResult(self.run.task_id)
        return result.status, str(result.result)

    def true(self):
        """What Celery ought to tell, by the row. Whoever was frozen between row and result left
        the one behind the other: then the zombie may bring it up to date, and to nothing else."""
        state, result = hints._celery_view(TaskHistory.objects.get(pk=self.run.pk))
        return state, str(result)


@pytest.fixture
def zombie(site, engine, start):
    seed(LINES[engine])
    return Frozen(site, start)


def indices():
    return {index.name for index in get_engine().indices()}


def test_it_wakes_before_anybody_has_taken_over(site, zombie, page):
    """Nobody has removed what it built: it could go on to the end."""
    pausing.pause("elasticsearch", by="ana")
    site.dispatch()
    run = run_until(zombie.run, lambda r: r.status == Status.RETRY, timeout=at_most(20))
    run_until(run, lambda r: r.stored_seq == r.seq)
    left, told = zombie.left(), zombie.told()
    zombie.wake()
    assert zombie.left() == left
    assert zombie.told() in (told, zombie.true())
    assert (get_engine().live_index(), indices()) == (zombie.served, {zombie.served})
    pausing.resume("elasticsearch", by="ana")
    run = run_until(run, ended, timeout=at_most(60))
    assert (run.status, run.epoch, run.losses) == (Status.SUCCESS, 2, 1)
    hold(site, page)


def test_it_wakes_beside_the_next_attempt(site, zombie, page):
    """Which is frozen meanwhile, so that whatever changes was the zombie."""
    dispatcher = site.dispatch()
    following = site.worker("elasticsearch", name="w2")
    run_until(
        zombie.run,
        lambda r: (r.epoch, r.phase) == (2, "index") and r.done > 0,
        timeout=at_most(60),
    )
    following.freeze()
    dispatcher.kill()  # else it would take the run from the second one too
    left, told = zombie.left(), zombie.told()
    zombie.wake()
    assert zombie.left() == left
    assert zombie.told() in (told, zombie.true())
    following.thaw()
    # Frozen for more than a minute within a transaction it has lost its session, and begins again.
    site.dispatch()
    run = run_until(zombie.run, ended, timeout=at_most(60))
    assert (run.status, run.losses) == (Status.SUCCESS, 1)
    assert get_engine().live_index() == run.result["index"]
    assert indices() == {zombie.served, run.result["index"]}
    hold(site, page)


def test_it_wakes_after_the_next_attempt(site, zombie, start, page):
    site.dispatch()
    site.worker("elasticsearch", name="w2")
    run = run_until(zombie.run, ended, timeout=at_most(60))
    assert (run.status, run.epoch, run.losses) == (Status.SUCCESS, 2, 1)
    run_until(run, lambda r: r.stored_seq == r.seq)
    left, told = zombie.left(), zombie.told()
    zombie.wake()
    assert zombie.left() == left
    assert zombie.told() in (told, zombie.true())
    assert indices() == {zombie.served, run.result["index"]}
    following = run_until(start("rebuild_index"), ended, timeout=at_most(60))
    assert following.status == Status.SUCCESS
    assert indices() == {run.result["index"], following.result["index"]}
    hold(site, page)
