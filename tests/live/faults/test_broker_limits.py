"""Rows 9 and 10 of the fault matrix: servers whose memory is full."""

import secrets

import pytest
import redis
from django.contrib.auth import get_user_model

from admintools.jobs.models import Status, TaskHistory
from micasillero.catalog.seeding import seed
from tests.conftest import started
from tests.support.clocks import at_most
from tests.support.invariants import hold
from tests.support.servers import RedisServer
from tests.support.site import ended, run_until
from tests.support.visitor import Page, Visitor

REFUSED = "not allowed when used memory > 'maxmemory'"


@pytest.fixture
def full_broker(broker):
    """Fills server A: it takes nothing more, and evicts nothing."""
    client = broker.client()

    def full():
        client.config_set("maxmemory", "100kb")

    yield full
    client.config_set("maxmemory", "0")


def test_a_launch_on_a_full_broker_is_kept_and_runs_later(site, broker, full_broker, boss, page):
    """Row 9, the launcher's half: an answer that says so, a row that waits, a log that names it.
    The dispatcher, too, only says that it waits: what else it watches over is watched over."""
    seed(100)
    dispatcher = site.dispatch()
    full_broker()
    status, told = boss.post("/admin/elasticsearch/rebuild/")
    assert (status, told["queued"]) == (202, False)
    run = TaskHistory.objects.get(task_id=told["task_id"])
    status, shown = boss.get(f"/admin/elasticsearch/task-status/{run.task_id}/")
    assert (status, shown["state"], shown["published"]) == (200, "unsent", False)
    for log in ("web.log", "dispatch.log"):
        dispatcher.wait_until(
            lambda log=log: said(site, log), f"in {log}: the broker is full", timeout=at_most(10)
        )
        assert "Traceback" not in (site.directory / log).read_text()
    broker.client().config_set("maxmemory", "0")
    site.worker("elasticsearch")
    assert run_until(run, ended, timeout=at_most(30)).status == Status.SUCCESS
    hold(site, page)


def said(site, log):
    """Whether it says in a line why a run waits."""
    lines = (site.directory / log).read_text().splitlines()
    return any("waits for the broker" in line and REFUSED in line for line in lines)


def test_a_worker_on_a_full_broker_loses_nothing(site, broker, full_broker, traced, page):
    """Row 9, the worker's half: what runs goes on, what is queued runs later. The worker ends
    over it, for its supervisor to start it again."""
    worker = site.worker("learning")
    site.dispatch()
    running, queued = traced(items=40, pause=0.1), traced(items=2)
    run_until(running, lambda r: r.done >= 3)
    full_broker()
    unsent = traced(items=2)
    assert TaskHistory.objects.get(pk=unsent.pk).published_at is None
    ending = run_until(running, ended)
    assert (ending.status, ending.epoch) == (Status.SUCCESS, 1)
    # Free now, it fetches the next message and cannot note that it did.
    worker.wait_for_output(REFUSED)
    worker.wait(timeout=20)
    broker.client().config_set("maxmemory", "0")
    site.worker("learning", name="w2")
    for run in (queued, unsent):
        run = run_until(run, ended, timeout=at_most(30))
        assert (run.status, run.epoch) == (Status.SUCCESS, 1)
    hold(site, page)


@pytest.fixture
def small_cache():
    """Server B as in production: small, and free to evict."""
    settings = {"maxmemory": "3mb", "maxmemory-policy": "allkeys-lru", "appendonly": "no"}
    server = started(RedisServer(settings=settings))
    yield server
    server.close()


def everything_in(server):
    """Every key of broker and results, with its value as the server itself writes it down."""
    found = {}
    for number in (0, 1):
        with redis.Redis.from_url(server.url(number)) as client:
            found |= {(number, key): client.dump(key) for key in client.scan_iter()}
    return found


def test_a_full_cache_takes_nothing_from_the_broker(site, broker, small_cache, traced):
    """Row 10. The page and its socket, too, live on the server that is full."""
    worker = site.worker("learning")
    kept = run_until(traced(items=2), ended)
    run_until(kept, lambda r: r.stored_seq == r.seq)
    worker.terminate()
    queued = [traced(items=2) for _ in range(20)]
    before = everything_in(broker)
    assert broker.client().llen("learning") == 20
    site.env["REDIS_CACHE_URL"] = small_cache.url()
    filler = small_cache.client(2)
    while filler.info("stats")["evicted_keys"] < 100:
        filler.set(secrets.token_hex(8), secrets.token_hex(5000))
    assert everything_in(broker) == before
    command = "from django.core.cache import cache; cache.set('x', [1]); print(cache.get('x'))"
    shell = site.manage("shell", "-c", command)
    assert shell.wait() == 0, shell.tail()
    assert "[1]" in shell.output()
    site.worker("learning", name="w2")
    boss = Visitor(site.web()[1], get_user_model().objects.create_superuser("boss"))
    with Page(boss) as page:
        for run in queued:
            assert run_until(run, ended, timeout=at_most(30)).status == Status.SUCCESS
        hold(site, page)
