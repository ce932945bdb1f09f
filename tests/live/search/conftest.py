"""Each test here runs on both engines: the same seam must mean the same thing."""

import uuid

import pytest

from micasillero.catalog.models import DirtyPartida, PartidaArancelaria
from micasillero.catalog.seeding import seed
from micasillero.search import reading
from micasillero.search.engines import _engine, get_engine
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork
from tests.support.servers import given_node

LINES = 300


@pytest.fixture(params=["tantivy", "elasticsearch"])
def engine(request, transactional_db, settings, tmp_path):
    """An engine with an alias of its own, and the settings that lead to it."""
    settings.SEARCH_ENGINE = request.param
    settings.SEARCH_ALIAS = f"partidas-{uuid.uuid4().hex[:8]}"
    settings.VAR_DIR = tmp_path
    if request.param == "elasticsearch":
        node = request.getfixturevalue("node")
        settings.ELASTICSEARCH_URL = given_node() or node.url
    _engine.cache_clear()
    engine = get_engine()
    yield engine
    if engine.name == "elasticsearch":
        left = engine.client.indices.get(index=f"{engine.alias}*", expand_wildcards="all")
        for index in left:
            engine.client.indices.delete(index=index)
    _engine.cache_clear()


@pytest.fixture
def lines(engine, monkeypatch):
    """LINES lines, read in two chunks; none of them is waiting to be synchronised."""
    monkeypatch.setattr(reading, "CHUNK", LINES // 2)
    monkeypatch.setattr(reading, "CHUNKS_READ", 1)
    seed(LINES)
    DirtyPartida.objects.all().delete()
    return PartidaArancelaria.objects.leaves().order_by("pk")


@pytest.fixture
def rebuild(engine):
    """Rebuild with a token of its own; returns the result."""

    def run(work=None, engine=engine):
        token = uuid.uuid4().hex[:8]
        return rebuild_index(work=work or SilentWork(), token=token, engine=engine)

    return run


@pytest.fixture
def live(engine, lines, rebuild):
    """The engine with the lines in its live index."""
    rebuild()
    return engine
