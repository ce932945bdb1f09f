"""A real broker of these tests' own, for what is told about it."""

import pytest

from admintools.watch import servers
from tests.conftest import started
from tests.support.servers import RedisServer


@pytest.fixture
def broker(settings):
    """Running, and the one that figures and health ask."""
    server = started(RedisServer())
    settings.CELERY_BROKER_URL = server.url()
    servers.client.cache_clear()
    yield server
    server.close()
    servers.client.cache_clear()
