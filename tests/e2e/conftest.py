"""A real browser on a real installation. Run apart from the others (tests/run.py does)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, Page, sync_playwright

from micasillero.catalog.seeding import seed
from tests.conftest import missing
from tests.support.fixtures import broker, redis_server, site  # noqa: F401
from tests.support.product import await_web
from tests.support.site import Site
from tests.support.visitor import Visitor
from tools.spawned import Spawned

# Playwright's synchronous interface keeps an event loop in this thread; the database is used
# from it all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PASSWORD = "a-long-password-for-tests"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing("chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Console:
    """The console in a browser: an empty page with a session, and the site behind it."""

    page: Page
    url: str
    site: Site
    web: Spawned

    def open(self, path: str = "/admin/elasticsearch/") -> Page:
        self.page.goto(self.url + path)
        return self.page


@pytest.fixture
def console(browser: Browser, site: Site) -> Iterator[Console]:  # noqa: F811
    """Logged in as a superuser, on a site with a thousand lines and a worker."""
    with logged_in(browser, site, work=True) as console:
        yield console


@pytest.fixture
def unattended(browser: Browser, site: Site) -> Iterator[Console]:  # noqa: F811
    """The same without a worker: nothing happens, or at one that the test starts."""
    with logged_in(browser, site, work=False) as console:
        yield console


@contextmanager
def logged_in(browser: Browser, site: Site, *, work: bool) -> Iterator[Console]:  # noqa: F811
    staff = get_user_model().objects.create_superuser("staff", password=PASSWORD)
    seed(1000 if work else 200)
    site.env |= {"SOCKET_RECHECK_SECONDS": "2", "SOCKET_SNAPSHOT_SECONDS": "3"}
    web, url = site.web_on_its_way()
    if work:
        attend(site)
    await_web(web, url)
    context = browser.new_context(locale="es-HN", viewport={"width": 1280, "height": 900})
    # The login page has a test of its own.
    session = Visitor(url, staff).cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    yield Console(context.new_page(), url, site, web)
    context.close()


def attend(site: Site) -> None:  # noqa: F811
    """Start the worker. A dispatcher is for those in whom something goes wrong."""
    site.worker("elasticsearch", "celery", "ai_generation")
