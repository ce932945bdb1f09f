"""Real servers for live tests. What is missing is skipped with its reason, in CI it fails."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.conf import settings

from admintools.jobs import hints, publish
from micasillero.search.engines import _engine, get_engine
from tests.conftest import missing, started
from tests.support.servers import RedisServer, given_node
from tests.support.site import Site
from tools.elasticsearch_node import Node
from tools.spawned import Unavailable


@pytest.fixture
def embedded(settings, tmp_path):
    """The embedded search engine with an alias and a directory of the test's own, and no index."""
    settings.SEARCH_ENGINE = "tantivy"
    settings.SEARCH_ALIAS = f"partidas-{uuid.uuid4().hex[:8]}"
    settings.VAR_DIR = tmp_path
    _engine.cache_clear()
    yield
    _engine.cache_clear()


@pytest.fixture(scope="session")
def redis_server():
    """Redis at the address that tests.settings chose for this run."""
    address = urlsplit(settings.REDIS_URL)
    server = started(RedisServer(port=address.port))
    yield server
    server.close()


@pytest.fixture
def broker(redis_server):
    """A running, empty Redis, whatever the test before did to it."""
    redis_server.start()
    redis_server.client().flushall()
    hints._backend._until = hints._channel._until = 0.0
    yield redis_server


@pytest.fixture
def site(transactional_db, broker, settings, tmp_path):
    """An installation of its own: start its worker, dispatcher and web as the test needs."""
    settings.SEARCH_ALIAS = f"partidas_{uuid.uuid4().hex[:8]}"
    _engine.cache_clear()  # the last test's had another alias
    site = Site(broker, tmp_path)
    yield site
    site.close()
    publish.connection.cache_clear()
    current_app.backend.client.connection_pool.disconnect()


@pytest.fixture(scope="session")
def start_node() -> Iterator[Callable[..., Node]]:
    """Starts an Elasticsearch `Node` with the given options; all close at the end of the run."""
    with ExitStack() as nodes:

        def start(**options) -> Node:
            try:
                return nodes.enter_context(Node(**options))
            except Unavailable as reason:
                missing(reason)

        yield start


@pytest.fixture(scope="session")
def breakable(start_node: Callable[..., Node]) -> Node:
    """A node to kill, freeze and fill; it looks at its disk as often as a node can, and takes no
    body over 1 MB.

    Who uses it runs in one process of pytest-xdist (tests.by_file), so that one is started.
    """
    return start_node(
        settings={"cluster.info.update.interval": "10s", "http.max_content_length": "1mb"}
    )


@pytest.fixture(scope="session")
def node(start_node: Callable[..., Node]) -> Node | None:
    """The node of this process; None where `given_node` names one to use instead."""
    return None if given_node() else start_node()


@pytest.fixture(params=["tantivy", "elasticsearch"])
def engine(request, site, settings):
    """The installation on each search engine in turn; its name."""
    settings.SEARCH_ENGINE = request.param
    if request.param == "elasticsearch":
        node = request.getfixturevalue("node")
        settings.ELASTICSEARCH_URL = given_node() or node.url
        site.env["ELASTICSEARCH_URL"] = settings.ELASTICSEARCH_URL
    site.env["SEARCH_ENGINE"] = request.param
    _engine.cache_clear()
    yield request.param
    for index in get_engine().indices():
        get_engine().delete(index.name)
    _engine.cache_clear()
