"""The pace that all workers keep together, on a real Redis."""

import pytest

from micasillero.generation.limiter import AWAY_SECONDS, Limiter


@pytest.fixture
def shared(broker, settings):
    """The caches on a real server, as in production."""
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": broker.url(2)},
    }
    settings.AI_REQUESTS_PER_MINUTE, settings.AI_CONCURRENCY = 60, 2
    return broker


def test_two_workers_share_one_pace_and_one_pause(shared):
    """Sixty calls a minute in bursts of two: the third of them waits a second, the fourth two."""
    one, other = Limiter("anthropic"), Limiter("anthropic")
    waits = [one.take(), other.take(), one.take(), other.take()]
    assert waits[:2] == [0, 0]
    assert 0.5 < waits[2] <= 1
    assert 1.5 < waits[3] <= 2
    assert Limiter("openai").take() == 0, "each provider has a pace of its own"
    one.pause(40)
    other.pause(5)
    assert 39 < other.take() <= 40, "a longer pause is not cut short"


def test_without_the_server_each_process_keeps_its_own_pace(shared, caplog):
    shared.stop()
    limiter = Limiter("anthropic")
    waits = [limiter.take() for _n in range(4)]
    assert waits[:2] == [0, 0]
    assert 1.5 < waits[3] <= 2
    limiter.pause(40)
    assert 39 < limiter.take() <= 40
    assert caplog.text.count("out of reach") == 1, f"asked again only after {AWAY_SECONDS} s"
