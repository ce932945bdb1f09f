"""A real broker of these tests' own, for what is told about it."""

import pytest

from admintools.watch import facts
from tests.conftest import started
from tests.support.servers import RedisServer


@pytest.fixture
def broker(settings):
    """Running, and the one that figures and health ask."""
    server = started(RedisServer())
    settings.CELERY_BROKER_URL = server.url()
    facts.broker_client.cache_clear()
    yield server
    server.close()
    facts.broker_client.cache_clear()
