"""Elasticsearch breaks while the index is rebuilt: the faults that need a node set up for them.

A node that is killed, hangs before the start, or refuses everything as busy: test_rebuild_faults.
The same through a worker: tests/live/faults/test_elasticsearch.py.
"""

import os
import random
import threading
import time
import uuid
from contextlib import contextmanager, suppress

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from micasillero.catalog.models import PartidaArancelaria
from micasillero.catalog.seeding import seed
from micasillero.search.engines import _engine, elasticsearch_bulk, get_engine
from micasillero.search.query import search
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork, TryAgain, WorkError

from .doubles import During
from .searching import Searcher, whole

pytestmark = pytest.mark.needs_own_node

SOAK = os.environ.get("SOAK") == "1"
WATERMARK = "cluster.routing.allocation.disk.watermark"
FULL = {
    f"{WATERMARK}.low": "900tb",
    f"{WATERMARK}.high": "800tb",
    f"{WATERMARK}.flood_stage": "700tb",
}


@pytest.fixture
def firm(breakable):
    """A node to kill, freeze and fill."""
    return breakable.start()


@pytest.fixture(scope="module")
def narrow(start_node):
    """A node that takes two bulks at a time."""
    node = start_node(settings={"thread_pool.write.size": 1, "thread_pool.write.queue_size": 1})
    yield node
    node.close()


@pytest.fixture
def served(request, transactional_db, settings, monkeypatch):
    """The name of the live index of 2,000 lines, on the node that the test asked for."""
    node = request.getfixturevalue(getattr(request, "param", "firm"))
    settings.SEARCH_ENGINE = "elasticsearch"
    settings.SEARCH_ALIAS = f"partidas-{uuid.uuid4().hex[:8]}"
    settings.ELASTICSEARCH_URL = node.url
    settings.ELASTICSEARCH_TIMEOUT = 4.0
    monkeypatch.setattr(elasticsearch_bulk, "FIRST_WAIT_SECONDS", 0.05)
    _engine.cache_clear()
    seed(2_000)
    yield rebuild()["index"]
    for index in get_engine().client.indices.get(index=f"{settings.SEARCH_ALIAS}*"):
        get_engine().client.indices.delete(index=index)
    _engine.cache_clear()


on_narrow = pytest.mark.parametrize("served", ["narrow"], indirect=True)


def rebuild(work=None):
    return rebuild_index(work=work or SilentWork(), token=uuid.uuid4().hex[:8])


def serves(index):
    """The alias stands on that index and nowhere else, and it answers whole."""
    assert get_engine().live_index() == index
    return len(search("lámparas", 100).hits) > 70


def names():
    return {index.name for index in get_engine().indices()}


def set_cluster(**settings):
    get_engine().client.cluster.put_settings(persistent=settings)


@contextmanager
def read_only_cluster():
    set_cluster(**{"cluster.blocks.read_only": True})
    try:
        yield
    finally:
        set_cluster(**{"cluster.blocks.read_only": None})


def wait(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def flooded():
    """Whether the node has put its block on each of our indices."""
    found = get_engine().client.indices.get_settings(index=f"{get_engine().alias}-*")
    blocks = [body["settings"]["index"].get("blocks", {}) for body in found.body.values()]
    return all(block.get("read_only_allow_delete") == "true" for block in blocks)


# --- what recovers --------------------------------------------------------------------------
def test_a_node_that_hangs_for_a_moment_is_waited_for(firm, served, settings):
    """Longer than the client waits for one answer, shorter than it repeats the same bulk."""
    thaw = threading.Timer(settings.ELASTICSEARCH_TIMEOUT + 0.5, firm.thaw)

    def hang():
        firm.freeze()
        thaw.start()

    seed(10_000)
    try:
        result = rebuild(During("index", hang))
    finally:
        thaw.join()
    assert result["documents"] == 10_000
    assert serves(result["index"])


@on_narrow
def test_a_full_write_queue_is_waited_for(served):
    def refused():
        nodes = get_engine().client.nodes.stats(metric="thread_pool")["nodes"]
        return sum(node["thread_pool"]["write"]["rejected"] for node in nodes.values())

    seed(10_000)
    before = refused()
    with Searcher(right=whole):
        result = rebuild()
    assert refused() > before
    assert result["documents"] == 10_000
    assert serves(result["index"])


def test_a_body_that_is_too_large_is_sent_in_halves(served, caplog):
    some = PartidaArancelaria.objects.leaves().order_by("pk").values("pk")[:600]
    long = Concat("descripcion", Value(" de mesa" * 500))
    PartidaArancelaria.objects.filter(pk__in=some).update(descripcion=long)
    with Searcher(right=whole):
        result = rebuild()
    assert "too large there: sending halves" in caplog.text
    assert (result["documents"], result["failed"]) == (2_000, 0)
    assert serves(result["index"])


# --- what ends with a code ------------------------------------------------------------------
def test_a_line_that_is_too_large_by_itself_says_which_setting_to_raise(served):
    pk = PartidaArancelaria.objects.leaves().order_by("pk")[700].pk
    PartidaArancelaria.objects.filter(pk=pk).update(descripcion="lámpara " * 150_000)
    with (
        pytest.raises(WorkError, match=r"Raise http\.max_content_length") as refused,
        Searcher(right=whole),
    ):
        rebuild()
    assert refused.value.code == "body_too_large"
    assert names() == {served}
    assert serves(served)


def test_a_node_that_hangs_for_good_in_the_middle_leaves_the_live_index(
    firm, served, settings, monkeypatch
):
    monkeypatch.setattr(elasticsearch_bulk, "RETRIES", 1)
    try:
        with pytest.raises(TryAgain, match="does not answer"):
            rebuild(During("index", firm.freeze))
    finally:
        firm.thaw()
    assert serves(served)
    result = rebuild()
    assert serves(result["index"])
    assert names() == {served, result["index"]}


def test_a_disk_that_fills_up_ends_the_run_and_searches_go_on(served):
    """The flood stage, as the node itself declares it; and then there is no place to begin."""

    def fill():
        set_cluster(**FULL)
        wait(flooded)

    seed(10_000)
    try:
        with pytest.raises(WorkError, match="Free space") as refused, Searcher(right=whole):
            rebuild(During("index", fill))
        assert refused.value.code == "disk_full"
        assert names() == {served}
        assert serves(served)
        with (
            pytest.raises(TryAgain, match=r"found no place for the new index.*Free space there"),
            Searcher(right=whole),
        ):
            rebuild()
        assert names() == {served}
        assert serves(served)
    finally:
        set_cluster(**dict.fromkeys(FULL))
    wait(lambda: not flooded())
    assert serves(rebuild()["index"])


def test_a_half_built_index_that_cannot_be_removed_goes_with_the_next_run(served):
    blocks = read_only_cluster()
    with pytest.raises(WorkError) as refused, Searcher(right=whole):
        rebuild(During("index", blocks.__enter__))
    half_built = names() - {served}
    blocks.__exit__(None, None, None)
    assert refused.value.code == "blocked"
    assert len(half_built) == 1
    assert serves(served)
    result = rebuild()
    assert names() == {served, result["index"]}


@pytest.mark.skipif(not SOAK, reason="twenty restarts of a node: make soak")
def test_a_node_killed_at_any_moment_never_costs_the_live_index(firm, served):
    """Whether the swap was carried out or not: one whole index is live."""
    seed(10_000)
    rebuild()
    for _ in range(20):
        killer = threading.Timer(random.uniform(0, 2.5), firm.kill)
        killer.start()
        with suppress(TryAgain):
            rebuild()
        killer.join()
        firm.start()
        wait(answers, 60)
        assert get_engine().count(get_engine().alias) == 10_000
        assert not any(index.live and index.building for index in get_engine().indices())
    result = rebuild()
    assert len(names()) == 2
    assert serves(result["index"])


def answers():
    """The shards of a node that has just started come a moment after it."""
    try:
        return len(search("lámparas", 100).hits) > 70
    except (TryAgain, WorkError):
        return False
