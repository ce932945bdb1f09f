"""What a staff member does and sees, in a real Chromium."""

import re

from playwright.sync_api import Page, expect

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, TaskHistory
from tests.e2e.conftest import PASSWORD
from tests.support.site import ended, run_until

LONG = 60_000
BY_TEST = Initiator(Source.COMMAND, name="ana")


def press_rebuild(page: Page) -> None:
    page.click("[data-launch=rebuild_index]")


def watch_requests(page: Page) -> list[str]:
    """The addresses this page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_the_first_page_after_the_login_is_the_console_in_spanish(unattended):
    page = unattended.page
    page.context.clear_cookies()
    page.goto(unattended.url + "/admin/login/?next=/admin/elasticsearch/")
    page.fill("#id_username", "staff")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    expect(page.locator("h1")).to_have_text("Consola de búsqueda")
    assert unattended.page.locator("html").get_attribute("lang") == "es-hn"


def test_a_press_leads_to_a_bar_that_reaches_100_by_push_alone(console):
    asked = watch_requests(console.open())
    press_rebuild(console.page)
    expect(console.page).to_have_url(re.compile(r"/admin/elasticsearch/runs/[0-9a-f-]{36}/"))
    expect(console.page.locator("[role=progressbar]").first).to_have_attribute(
        "aria-valuenow", "100", timeout=LONG
    )
    expect(console.page.get_by_text("Correcta").first).to_be_visible()
    assert not [url for url in asked if "task-status" in url]
    assert TaskHistory.objects.get().status == "SUCCESS"


def test_the_home_moves_without_a_reload(unattended):
    """A second person watches what the first one launched, long enough to be seen."""
    watcher = unattended.page.context.new_page()
    watcher.goto(unattended.url + "/admin/elasticsearch/")
    expect(watcher.locator("live-status")).to_have_attribute("state", "live", timeout=LONG)
    loads = []
    watcher.on("load", lambda: loads.append(1))
    unattended.site.worker("learning", name="trial")
    launch("trial_count", parameters={"items": 50, "pause": 0.1}, initiator=BY_TEST)
    expect(watcher.locator("run-progress").first).to_be_visible(timeout=LONG)
    expect(watcher.locator("#part-recent").get_by_text("Correcta").first).to_be_visible(
        timeout=LONG
    )
    assert not loads


def test_a_cut_connection_is_said_and_recovers(unattended):
    page = unattended.page
    page.goto(unattended.url + "/admin/elasticsearch/")
    expect(page.locator("live-status")).to_have_attribute("state", "live", timeout=LONG)
    unattended.web.freeze()
    expect(page.get_by_text("Conexión perdida").first).to_be_visible(timeout=LONG)
    expect(
        page.get_by_text(re.compile(r"Los datos son de las \d\d:\d\d:\d\d")).first
    ).to_be_visible()
    unattended.web.thaw()
    expect(page.locator("live-status")).to_have_attribute("state", "live", timeout=LONG)
    expect(page.get_by_text("Conexión perdida").first).to_be_hidden()


def test_what_happened_while_the_connection_was_cut_is_caught_up(console):
    page = console.open()
    press_rebuild(page)
    expect(page.locator("live-status")).to_have_attribute("state", "live", timeout=LONG)
    page.context.set_offline(True)
    console.web.freeze()
    expect(page.get_by_text("Conexión perdida").first).to_be_visible(timeout=LONG)
    console.web.thaw()
    page.context.set_offline(False)
    expect(page.locator("[role=progressbar]").first).to_have_attribute(
        "aria-valuenow", "100", timeout=LONG
    )


def test_no_page_breaks_the_content_security_policy(console):
    violations = []
    console.page.on(
        "console",
        lambda message: (
            violations.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    for path in ("", "launch/rebuild_index/", "import/", "tasks/"):
        console.open(f"/admin/elasticsearch/{path}")
    press = console.open()
    press_rebuild(press)
    expect(press.locator("[role=progressbar]").first).to_have_attribute(
        "aria-valuenow", "100", timeout=LONG
    )
    assert violations == []


def test_without_javascript_the_button_works(browser, console):
    context = browser.new_context(
        java_script_enabled=False,
        locale="es-HN",
        storage_state=console.page.context.storage_state(),
    )
    page = context.new_page()
    page.goto(console.url + "/admin/elasticsearch/")
    press_rebuild(page)
    expect(page.locator("h1")).to_contain_text("Reconstruir")
    context.close()


def test_without_javascript_a_run_is_cancelled(browser, unattended):
    unattended.site.worker("learning", name="trial")
    run = launch("trial_count", parameters={"items": 600, "pause": 0.1}, initiator=BY_TEST)
    run_until(run, lambda row: row.is_running)
    context = browser.new_context(
        java_script_enabled=False,
        locale="es-HN",
        storage_state=unattended.page.context.storage_state(),
    )
    page = context.new_page()
    page.goto(unattended.url + run.get_absolute_url())
    page.click("[data-cancel]")
    assert run_until(run, ended).status == "REVOKED"
    context.close()
