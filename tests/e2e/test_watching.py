"""Watching a run whatever happens to the network, the worker, the tab or the session."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from admintools.jobs.cancelling import request_cancel
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import LogLine, Source, TaskHistory
from tests.support.site import ended, run_until

LONG = 60_000
SOON = 10_000
BY_TEST = Initiator(Source.COMMAND, name="ana")


def start(unattended, **parameters) -> TaskHistory:
    """A run of the trial job, with a worker of its own."""
    unattended.trial = unattended.site.worker("learning", name="trial")
    return launch("trial_count", parameters=parameters, initiator=BY_TEST)


def watch(unattended, run: TaskHistory) -> Page:
    page = unattended.open(run.get_absolute_url())
    expect(page.locator("live-status")).to_have_attribute("state", "live", timeout=LONG)
    return page


def value(page: Page) -> int:
    return int(page.locator("[role=progressbar]").first.get_attribute("aria-valuenow") or 0)


def test_two_tabs_agree_while_a_worker_dies_and_another_takes_over(unattended):
    # Long enough for the silence to be seen before another worker takes over.
    unattended.site.env["LEASE_SECONDS"] = "12"
    unattended.site.dispatch()
    run = start(unattended, items=100, pause=0.1)
    run_until(run, lambda r: r.done >= 3)
    first = watch(unattended, run)
    second = first.context.new_page()
    second.goto(first.url)
    unattended.trial.kill()
    for tab in (first, second):
        expect(tab.get_by_text(re.compile("Sin señal desde")).first).to_be_visible(timeout=SOON)
    unattended.site.worker("learning", name="second")
    for tab in (first, second):
        expect(tab.get_by_text(re.compile("intento 2")).first).to_be_visible(timeout=LONG)
    for tab in (first, second):
        expect(tab.get_by_text("Correcta").first).to_be_visible(timeout=LONG)


def test_a_tab_that_slept_catches_up(unattended):
    run = start(unattended, items=40, pause=0.1)
    page = watch(unattended, run)
    tab = page.context.new_cdp_session(page)
    tab.send("Page.setWebLifecycleState", {"state": "frozen"})
    run_until(run, ended)
    tab.send("Page.setWebLifecycleState", {"state": "active"})
    expect(page.get_by_text("Correcta").first).to_be_visible(timeout=SOON)
    assert value(page) == 100


def state(page: Page, word: str, timeout: int = SOON) -> None:
    expect(page.locator("live-status")).to_have_attribute("state", word, timeout=timeout)


def without_sockets(unattended, run: TaskHistory) -> Page:
    """The run's page where no socket opens, as soon as it asks instead. Its clock is ours."""
    page = unattended.page
    page.route_web_socket("**/ws/**", lambda socket: socket.close())
    page.clock.install()
    page.goto(unattended.url + run.get_absolute_url())
    for _reconnection in range(3):
        state(page, "retrying")
        page.clock.fast_forward(30_000)
        # It counts down again once that attempt has failed.
        expect(page.locator("[data-countdown]").first).to_contain_text("Próximo intento")
    state(page, "polling")
    return page


def test_without_sockets_the_page_asks_every_ten_seconds_and_says_so(unattended):
    run = start(unattended, items=600, pause=0.1)
    page = without_sockets(unattended, run)
    expect(page.get_by_text("se actualiza cada 10 s").first).to_be_visible()
    before = value(page)
    LogLine.objects.create(run=run, at=timezone.now(), text="midway", item="8517")
    run_until(run, lambda row: row.percent > before)
    page.clock.fast_forward(10_000)
    expect(page.locator("run-log li").last).to_contain_text("midway")
    expect(page.locator("#part-failed tbody tr")).to_have_count(1)
    assert value(page) > before
    LogLine.objects.create(run=run, at=timezone.now(), text="the last")
    request_cancel(run, by="ana")
    run_until(run, ended)
    page.clock.fast_forward(10_000)
    expect(page.locator("#part-outcome").get_by_text("Cancelada.")).to_be_visible()
    expect(page.locator("run-log li").last).to_contain_text("the last")


def end_session() -> None:
    Session.objects.all().delete()


def take_permission_away() -> None:
    get_user_model().objects.update(is_superuser=False)


@pytest.mark.parametrize(
    ("end", "told"),
    [(end_session, "La sesión terminó"), (take_permission_away, "Ya no tiene permiso")],
    ids=["session", "permission"],
)
def test_a_page_whose_right_ended_is_closed_and_says_so(unattended, end, told):
    run = start(unattended, items=600, pause=0.1)
    page = watch(unattended, run)
    end()
    expect(page.get_by_text(re.compile(told)).first).to_be_visible(timeout=SOON)
    assert page.locator("live-status").get_attribute("state") == "closed"


def test_a_run_is_cancelled_by_keyboard_alone(unattended):
    run = start(unattended, items=600, pause=0.1)
    page = watch(unattended, run)
    page.locator("h1").click()
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Cancelar":
            break
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Seguir"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Cancelada").first).to_be_visible(timeout=SOON)
    assert run_until(run, ended).status == "REVOKED"
    assert page.evaluate("document.activeElement !== document.body")


def test_escape_leaves_a_run_alone(unattended):
    run = start(unattended, items=50, pause=0.1)
    page = watch(unattended, run)
    page.get_by_role("button", name="Cancelar").first.click()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert run_until(run, ended).status == "SUCCESS"
