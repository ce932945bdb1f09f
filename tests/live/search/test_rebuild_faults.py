"""Row 17 of the fault matrix: Elasticsearch goes away while the index is rebuilt."""

import uuid

import pytest

from micasillero.catalog.seeding import seed
from micasillero.search.engines import _engine, get_engine
from micasillero.search.query import search
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork, TryAgain, WorkError

from .doubles import During
from .searching import Searcher, whole

pytestmark = pytest.mark.needs_own_node


@pytest.fixture
def own(breakable, transactional_db, settings):
    """A node to break, with 2,000 lines in its live index."""
    node = breakable.start()
    settings.SEARCH_ENGINE = "elasticsearch"
    settings.SEARCH_ALIAS = f"partidas-{uuid.uuid4().hex[:8]}"
    settings.ELASTICSEARCH_URL = node.url
    settings.ELASTICSEARCH_TIMEOUT = 4.0
    _engine.cache_clear()
    seed(2_000)
    rebuild()
    yield node
    _engine.cache_clear()


def rebuild(work=None):
    return rebuild_index(work=work or SilentWork(), token=uuid.uuid4().hex[:8])


@pytest.mark.parametrize("phase", ["index", "confirm"])
def test_a_node_killed_during_a_rebuild_leaves_the_old_index(own, phase):
    served = get_engine().live_index()
    with pytest.raises(TryAgain, match="Start it or check ELASTICSEARCH_URL"):
        rebuild(During(phase, own.kill))
    own.start()
    assert get_engine().live_index() == served
    assert len(search("lámparas", 100).hits) > 70
    result = rebuild()
    assert get_engine().live_index() == result["index"]
    assert {i.name for i in get_engine().indices()} == {served, result["index"]}


def test_a_busy_node_is_waited_for(own, settings):
    """Searches and small writes pass, every bulk is refused with 429: a passing fault."""
    served = get_engine().live_index()
    limit = {"persistent": {"network.breaker.inflight_requests.limit": "20kb"}}
    get_engine().client.cluster.put_settings(**limit)
    with pytest.raises(TryAgain, match="Wait a while, then retry"), Searcher(right=whole):
        rebuild()
    limit["persistent"] = dict.fromkeys(limit["persistent"])
    get_engine().client.cluster.put_settings(**limit)
    assert get_engine().live_index() == served
    assert rebuild()["documents"] == 2_000


def test_a_node_that_hangs_is_a_passing_fault(own):
    own.freeze()
    try:
        with pytest.raises(TryAgain, match="Start it or check ELASTICSEARCH_URL"):
            rebuild()
    finally:
        own.thaw()
    assert rebuild()["documents"] == 2_000


def test_an_index_that_takes_no_more_is_a_lasting_fault(own):
    engine = get_engine()
    served = engine.live_index()
    block = {"index.blocks.write": True}

    def forbid():
        engine.client.indices.put_settings(index=f"{engine.alias}-*", settings=block)

    with (
        pytest.raises(WorkError, match="Lift the block, then retry") as refused,
        Searcher(right=whole),
    ):
        rebuild(During("index", forbid))
    assert refused.value.code == "blocked"
    assert engine.live_index() == served
    assert {index.name for index in engine.indices()} == {served}
