"""A line that breaks: what the page says meanwhile, and that it takes nothing from its reader."""

import re

from playwright.sync_api import expect

from admintools.jobs.launch import launch

from .test_watching import (
    BY_TEST,
    LONG,
    SOON,
    end_session,
    start,
    state,
    watch,
    without_sockets,
)

HEARD = """() => {
  window.heard = [];
  const region = document.getElementById("co-announce");
  new MutationObserver(() => heard.push(region.textContent)).observe(region, { childList: true });
}"""


def test_a_lost_line_pauses_what_it_cannot_know_and_is_announced_once(unattended):
    page = watch(unattended, start(unattended, items=600, pause=0.1))
    expect(page.get_by_text(re.compile("^faltan")).first).to_be_visible(timeout=LONG)
    coloured = page.locator(".co-bar rect").first.evaluate("e => getComputedStyle(e).fill")
    page.evaluate(HEARD)
    page.context.set_offline(True)
    expect(page.get_by_text("Conexión perdida, reintentando…").first).to_be_visible()
    expect(page.get_by_text("estimación en pausa").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"Próximo intento en \d+")).first).to_be_visible()
    grey = page.locator(".co-bar rect").first.evaluate("e => getComputedStyle(e).fill")
    assert grey != coloured
    page.get_by_role("button", name="Reintentar ahora").click()
    state(page, "retrying")
    page.context.set_offline(False)
    state(page, "live")
    expect(page.get_by_text("estimación en pausa").first).to_be_hidden()
    heard = page.evaluate("heard")
    assert [text for text in heard if "Conexión" in text] == [
        "Conexión perdida, reintentando.", "Conexión recuperada.",
    ]  # fmt: skip


def test_a_session_that_ends_while_the_page_only_asks_closes_it(unattended):
    """No socket tells it then: the answer to the question does."""
    page = without_sockets(unattended, start(unattended, items=600, pause=0.1))
    end_session()
    page.clock.fast_forward(11_000)
    expect(page.get_by_text("La sesión terminó.").first).to_be_visible()
    state(page, "closed")


def test_a_run_that_comes_in_leaves_the_focus_where_it_is(unattended):
    start(unattended, items=600, pause=0.1)
    page = unattended.open()
    state(page, "live", LONG)
    cancel = page.locator("run-progress [data-cancel]").first
    cancel.focus()
    second = launch("trial_count", parameters={"items": 600, "pause": 0.1}, initiator=BY_TEST)
    expect(page.locator(f"run-progress[data-run='{second.task_id}']")).to_be_visible(timeout=SOON)
    expect(page.locator("#now-h")).to_contain_text("(2)")
    expect(cancel).to_be_focused()
