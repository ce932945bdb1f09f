"""Real servers for live tests. What is missing is skipped with its reason, in CI it fails."""

import uuid
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.conf import settings

from admintools.jobs import hints, publish
from tests.conftest import started
from tests.support.servers import RedisServer
from tests.support.site import Site


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
    site = Site(broker, tmp_path)
    yield site
    site.close()
    publish.connection.cache_clear()
    current_app.backend.client.connection_pool.disconnect()
