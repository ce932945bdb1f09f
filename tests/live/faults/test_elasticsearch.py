"""Row 17 of the fault matrix through the whole product: Elasticsearch fails a run of a worker.

Every way in which it can fail a rebuild: tests/live/search/test_rebuild_faults.py and
test_rebuild_elasticsearch_faults.py.
"""

import time
import uuid

import pytest
from django.utils import translation

from admintools.jobs.models import Status
from admintools.jobs.snapshot import snapshot
from micasillero.catalog.seeding import seed
from micasillero.search.engines import _engine, get_engine
from micasillero.search.query import search
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork, TryAgain, WorkError
from tests.live.search.searching import Searcher, whole
from tests.support.clocks import at_most
from tests.support.invariants import hold
from tests.support.site import ended, run_until
from tests.support.visitor import wait_for

pytestmark = pytest.mark.needs_own_node

# Added to those of the live index, so that there is a middle of the rebuild to fail in.
LINES = 6_000


@pytest.fixture
def node(breakable):
    return breakable.start()


@pytest.fixture
def served(site, node, settings):
    """The live index of the installation, which has a worker; its name."""
    settings.SEARCH_ENGINE = "elasticsearch"
    settings.ELASTICSEARCH_URL = node.url
    site.env |= {
        "SEARCH_ENGINE": "elasticsearch",
        "ELASTICSEARCH_URL": node.url,
        "ELASTICSEARCH_TIMEOUT": "2",
    }
    _engine.cache_clear()
    seed(2_000)
    site.worker("elasticsearch")
    yield rebuild_index(work=SilentWork(), token=uuid.uuid4().hex[:8])["index"]
    node.start()
    for index in get_engine().client.indices.get(index=f"{settings.SEARCH_ALIAS}*"):
        get_engine().client.indices.delete(index=index)
    _engine.cache_clear()


def answers():
    """The shards of a node that has just started come a moment after it."""
    try:
        return whole([hit.code for hit in search("lámparas", 100).hits])
    except (TryAgain, WorkError):
        return False


def names():
    return {index.name for index in get_engine().indices()}


def in_the_middle(start):
    """A rebuild of many lines that has begun to index."""
    seed(LINES)
    return run_until(start("rebuild_index"), lambda r: r.phase == "index" and r.done > 0)


def waits_for_elasticsearch(run):
    """The next attempt is to come, and the page says why and what to do."""
    told = error_of(run_until(run, lambda r: r.status == Status.RETRY, timeout=60))
    assert told["code"] == "unavailable"
    assert "Start it or check ELASTICSEARCH_URL" in told["message"]


def error_of(run):
    with translation.override("en"):
        return snapshot(run)["error"]


def is_done_in_another_attempt(run, served):
    run = run_until(run, ended, timeout=at_most(60))
    assert (run.status, run.losses, run.attempt > 1) == (Status.SUCCESS, 0, True)
    assert get_engine().live_index() == run.result["index"]
    assert names() == {served, run.result["index"]}
    assert answers()


def test_a_node_killed_in_a_bulk_costs_the_run_an_attempt(site, node, served, start, page):
    run = in_the_middle(start)
    node.kill()
    waits_for_elasticsearch(run)
    node.start()
    wait_for(answers, "answering", timeout=20)
    assert get_engine().live_index() == served
    site.dispatch()
    is_done_in_another_attempt(run, served)
    hold(site, page)


def test_a_node_that_hangs_in_a_bulk_costs_the_run_an_attempt(site, node, served, start, page):
    """For longer than the worker sends the same bulk again and again."""
    run = in_the_middle(start)
    node.freeze()
    try:
        waits_for_elasticsearch(run)
    finally:
        node.thaw()
    wait_for(answers, "answering", timeout=20)
    assert get_engine().live_index() == served
    site.dispatch()
    is_done_in_another_attempt(run, served)
    hold(site, page)


def test_a_block_ends_the_run_and_the_page_says_what_to_do(site, served, start, page):
    cluster = get_engine().client.cluster
    cluster.put_settings(persistent={"cluster.blocks.read_only": True})
    try:
        with Searcher(right=whole):
            run = run_until(start("rebuild_index"), ended)
            time.sleep(0.2)
    finally:
        cluster.put_settings(persistent={"cluster.blocks.read_only": None})
    told = error_of(run)
    assert (run.status, told["code"]) == (Status.FAILURE, "blocked")
    assert "Lift the block, then retry" in told["message"]
    assert (get_engine().live_index(), names()) == (served, {served})
    hold(site, page)
