"""Broker, results, caches and channels on a primary that sentinels watch, and that is lost."""

from collections.abc import Iterator

import pytest
from celery import current_app
from django.contrib.auth import get_user_model
from django_redis.cache import RedisCache

from admintools.jobs import publish, sentinels
from admintools.jobs.models import Status, TaskHistory
from micasillero.catalog.seeding import seed
from sicargabox.settings.redis import _cache
from tests.conftest import missing
from tests.support.clocks import at_most
from tests.support.invariants import hold
from tests.support.sentinels import SENTINEL_PASSWORD, USER_PASSWORD, Sentinels
from tests.support.site import ended, run_until
from tests.support.visitor import Visitor, wait_for
from tools.spawned import Unavailable


@pytest.fixture
def servers(site, settings) -> Iterator[Sentinels]:
    """What the site's processes are given in place of one server, and this process too."""
    try:
        with Sentinels() as servers:
            site.env |= {"REDIS_URL": servers.url(), "SOCKET_SNAPSHOT_SECONDS": "1000"}
            settings.CELERY_BROKER_URL = servers.url(0)
            before = current_app.conf.broker_write_url
            current_app.conf.broker_write_url = sentinels.broker_url()
            publish.connection.cache_clear()
            yield servers
            current_app.conf.broker_write_url = before
            site.close()
    except Unavailable as reason:
        missing(reason)


@pytest.fixture
def boss(site, servers) -> Visitor:
    return Visitor(site.web()[1], get_user_model().objects.create_superuser("boss"))


@pytest.fixture
def cache(servers) -> RedisCache:
    config = _cache(servers.url(2))
    return RedisCache(config["LOCATION"], {"OPTIONS": config["OPTIONS"]})


def test_no_run_is_lost_in_a_failover(site, servers, boss, page, traced, cache):
    seed(30_000)
    cache.set("kept", [1])
    workers = [site.worker("learning"), site.worker("elasticsearch", name="w2")]
    site.dispatch()
    counting, queued = traced(items=60, pause=0.1), traced(items=3)
    status, told = boss.post("/admin/elasticsearch/rebuild/")
    assert (status, told["queued"]) == (202, True)
    rebuild = TaskHistory.objects.get(task_id=told["task_id"])
    run_until(rebuild, lambda r: r.phase == "index" and r.done > 0)
    run_until(counting, lambda r: r.done >= 3)

    servers.primary.kill()
    meanwhile = traced(items=3)
    assert TaskHistory.objects.get(pk=meanwhile.pk).published_at is None
    assert not broker_answers(boss)
    servers.await_failover()

    for run in (rebuild, counting, queued, meanwhile):
        run = run_until(run, ended, timeout=at_most(40))
        assert (run.status, run.epoch) == (Status.SUCCESS, 1), run.error_message
    assert all(worker.running for worker in workers)
    hold(site)
    assert broker_answers(boss)
    assert cache.get("kept") == [1]
    after = traced(items=3)
    assert TaskHistory.objects.get(pk=after.pk).published_at
    # By push alone: the page is sent no snapshot any more.
    wait_for(
        lambda: page.shown.get(after.task_id, {}).get("status") == Status.SUCCESS,
        "on the page",
        timeout=at_most(15),
    )
    for log in site.directory.glob("*.log"):
        assert USER_PASSWORD not in log.read_text(), log
        assert SENTINEL_PASSWORD not in log.read_text(), log


def broker_answers(visitor):
    return visitor.get("/readyz")[1]["checks"]["broker"]["ok"]
