"""Row 19 of the fault matrix: Redis B goes and comes back under twenty open pages."""

import time
from contextlib import ExitStack

import psutil
import pytest
from django.contrib.auth import get_user_model

from admintools.jobs.models import Status
from tests.conftest import started
from tests.support.clocks import at_most, pick
from tests.support.crowd import Crowd
from tests.support.invariants import the_page_agrees
from tests.support.servers import RedisServer
from tests.support.site import ended, run_until
from tests.support.visitor import Page, Visitor

PAGES = 20
AWAY = pick(1.0, 30.0)
# Twenty snapshots and what one deaf socket may hold (tests/live/test_sockets.py): far from it.
MOST_MORE_BYTES = 60_000_000


@pytest.fixture
def cache():
    server = started(RedisServer(settings={"appendonly": "no"}))
    yield server
    server.close()


def test_all_pages_agree_after_the_channels_were_away(site, cache, traced):
    site.env["REDIS_CACHE_URL"] = cache.url()
    web, url = site.web()
    site.worker("learning", concurrency=2)
    boss = Visitor(url, get_user_model().objects.create_superuser("boss"))
    cookie = boss.headers["Cookie"]
    with ExitStack() as stack:
        stack.enter_context(Crowd(f"{url}/ws/admin/tasks/", cookie, 1))
        pages = [stack.enter_context(Page(boss)) for _ in range(PAGES)]
        before = psutil.Process(web.pid).memory_info().rss
        runs = [traced(items=40, pause=0.1) for _ in range(2)]
        for run in runs:
            run_until(run, lambda r: r.done >= 5)
        cache.kill()
        time.sleep(AWAY)
        cache.start()
        for run in runs:
            assert run_until(run, ended, timeout=at_most(30)).status == Status.SUCCESS
        for page in pages:
            the_page_agrees(page)
        grown = psutil.Process(web.pid).memory_info().rss - before
    assert grown < MOST_MORE_BYTES
