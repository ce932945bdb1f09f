"""GET /api/search/ on both engines, with Redis behind it and without."""

import pytest
from django.core.cache import caches
from limits import RateLimitItemPerMinute

from api import limits
from micasillero.catalog.models import PartidaArancelaria
from micasillero.search.engines import _engine
from micasillero.search.sync import sync_once
from sicargabox.settings.redis import CACHES
from tools.spawned import free_port

from .doubles import only_elasticsearch

CODE = "6404.11.00.00"


@pytest.fixture
def ask(engine, rebuild, broker, settings, client):
    """Ask about a tariff of one line; answers and counts are kept in Redis."""
    settings.CACHES = CACHES
    (settings.API_LIMITS_URL,) = CACHES["api_responses"]["LOCATION"]
    limits._limits.cache_clear()
    PartidaArancelaria.objects.create(item_no=CODE, descripcion="Tenis", is_leaf=True)
    rebuild()
    yield lambda q: client.get("/api/search/", {"q": q})
    limits._limits.cache_clear()


def codes(response):
    return [hit["code"] for hit in response.json()["hits"]]


def test_an_answer_is_kept_until_another_process_changes_the_index(ask, engine, monkeypatch):
    first = ask("tenis")
    assert codes(first) == [CODE]
    assert caches["api_responses"].get(first["ETag"].strip('"')) is not None
    with monkeypatch.context() as patch:
        patch.setattr(type(engine), "search", None)
        assert ask("tenis").json() == first.json()
    PartidaArancelaria.objects.update(descripcion="Zapatos")
    sync_once(type(engine).from_settings())
    assert (codes(ask("tenis")), codes(ask("zapatos"))) == ([], [CODE])


def test_all_processes_count_the_same_client(ask, settings):
    two = RateLimitItemPerMinute(2)
    one, other = (limits.Limits(settings.API_LIMITS_URL) for _process in range(2))
    assert [part.count(two, "a") > 0 for part in (one, other, one, other)] == [
        *(False, False),
        *(True, True),
    ]
    assert not one.alone


def test_without_redis_it_answers_and_still_counts(ask, broker, settings):
    settings.API_SEARCHES_PER_MINUTE = 2
    broker.stop()
    assert [ask("tenis").status_code for _ in range(3)] == [200, 200, 429]
    assert limits.redis_is_away()


@only_elasticsearch
def test_without_elasticsearch_it_says_to_come_back(ask, settings):
    settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{free_port()}"
    _engine.cache_clear()
    response = ask("tenis")
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert int(response["Retry-After"]) > 0
