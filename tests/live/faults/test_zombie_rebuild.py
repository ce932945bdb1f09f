"""Row 5 of the fault matrix for a job that leaves something behind: the index."""

import time

import pytest

from admintools.jobs.models import Status, TaskHistory
from micasillero.catalog.seeding import seed
from micasillero.search.engines import get_engine
from tests.support.clocks import at_most, pick
from tests.support.invariants import hold
from tests.support.site import ended, run_until

FROZEN_FOR = pick(0, 180)


@pytest.fixture
def engine(site, settings):
    settings.SEARCH_ENGINE = site.env["SEARCH_ENGINE"] = "tantivy"
    yield get_engine()
    for index in get_engine().indices():
        get_engine().delete(index.name)


def facts(run):
    """All that a rebuild leaves: its row, the alias, the set of indices with their documents."""
    engine = get_engine()
    row = TaskHistory.objects.filter(pk=run.pk).values().get()
    counts = {index.name: engine.count(index.name) for index in engine.indices()}
    return row, engine.live_index(), counts


def test_a_worker_that_wakes_in_the_middle_of_a_rebuild_changes_nothing(site, engine, start):
    seed(20_000)
    first = site.worker("elasticsearch", name="w1")
    site.dispatch()
    run = start("rebuild_index")
    run_until(run, lambda r: r.phase == "index" and r.done > 0, timeout=60)
    first.freeze()
    froze = time.monotonic()
    half_built = [index.name for index in engine.indices()]
    assert len(half_built) == 1
    site.worker("elasticsearch", name="w2")
    run = run_until(run, ended, timeout=at_most(60))
    assert (run.status, run.epoch, run.losses) == (Status.SUCCESS, 2, 1)
    run_until(run, lambda r: r.stored_seq == r.seq)
    time.sleep(max(0.0, FROZEN_FOR - (time.monotonic() - froze)))
    left = facts(run)
    assert left[1] == run.result["index"] != half_built[0]
    first.thaw()
    # Fenced, or refused by an index that is gone: either way the body has come to its end.
    first.wait_for_output("celery.app.trace Task", timeout=30)
    time.sleep(1)
    assert facts(run) == left
    following = run_until(start("rebuild_index"), ended, timeout=at_most(60))
    assert following.status == Status.SUCCESS
    kept = {following.result["index"], run.result["index"]}
    assert {index.name for index in engine.indices()} == kept
    assert {path.name for path in engine.store.root.iterdir() if path.is_dir()} == {
        *kept, "live",
    }  # fmt: skip
    hold(site)
