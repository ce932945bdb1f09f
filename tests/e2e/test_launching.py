"""A launch form and a run's log in a real Chromium: what only a browser can show."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from admintools.jobs import hints
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import LogLine, Source, TaskHistory
from tests.e2e.conftest import attend

LONG = 30_000
FORM = "/admin/elasticsearch/launch/cleanup/"
PREVIEW = "**/launch/cleanup/preview/**"
BY_TEST = Initiator(Source.COMMAND, name="test")


def ended_run(days):
    run = launch("cleanup", initiator=BY_TEST, inline=True)
    ended = timezone.now() - timedelta(days=days)
    TaskHistory.objects.filter(pk=run.pk).update(status="SUCCESS", finished_at=ended)
    return run


@pytest.fixture
def form(unattended):
    """The cleanup form, with one run of 100 days and two of 50."""
    for days in (100, 50, 50):
        ended_run(days)
    page = unattended.open(FORM)
    expect(first_figure(page)).to_have_text("1")
    return page


def first_figure(page):
    return page.locator("launch-preview dd b").first


def state(page, word):
    return expect(page.locator("launch-preview")).to_have_attribute("data-state", word)


def test_the_figures_follow_the_fields(form):
    loads = []
    form.on("load", lambda: loads.append(1))
    form.fill("#id_keep_runs_days", "40")
    expect(first_figure(form)).to_have_text("3")
    expect(form.locator("[data-part=summary]")).to_contain_text("3")
    state(form, "ready")
    assert not loads


def test_typing_asks_once_it_pauses(form):
    asked = []
    form.on("request", lambda request: asked.append(request.url))
    form.locator("#id_keep_runs_days").press_sequentially("5", delay=50)
    form.locator("#id_keep_runs_days").press("Backspace")
    state(form, "calculating")
    expect(first_figure(form)).to_have_text("1")
    state(form, "ready")
    assert len([url for url in asked if "/preview/" in url]) == 1


def test_an_answer_that_comes_late_is_dropped(form):
    held = []

    def hold(route):
        if "keep_runs_days=40" in route.request.url:
            held.append(route)
        else:
            route.continue_()

    form.route(PREVIEW, hold)
    with form.expect_request(re.compile("keep_runs_days=40")):
        form.fill("#id_keep_runs_days", "40")
    form.fill("#id_keep_runs_days", "90")
    state(form, "ready")
    for route in held:
        route.continue_()
    form.wait_for_timeout(500)
    expect(first_figure(form)).to_have_text("1")
    state(form, "ready")


def test_a_field_that_cannot_be_is_said_where_the_figures_were(form):
    form.fill("#id_keep_runs_days", "0")
    state(form, "error")
    expect(form.locator("launch-preview .co-note.is-err")).to_be_visible()
    form.fill("#id_keep_runs_days", "40")
    expect(first_figure(form)).to_have_text("3")


def test_without_an_answer_the_last_figures_stay_and_it_is_said(form):
    form.route(PREVIEW, lambda route: route.abort())
    form.fill("#id_keep_runs_days", "40")
    state(form, "error")
    expect(form.locator("launch-preview [data-error]")).to_be_visible()
    expect(first_figure(form)).to_have_text("1")
    expect(form.locator("[data-part=summary]")).not_to_contain_text("1")
    form.unroute(PREVIEW)
    form.fill("#id_keep_runs_days", "41")
    expect(first_figure(form)).to_have_text("3")
    expect(form.locator("launch-preview [data-error]")).to_be_hidden()


def test_the_typed_word_starts_it_and_the_run_has_the_fields(form, site):
    attend(site)
    form.fill("#id_keep_runs_days", "40")
    form.click("#launch-form [type=submit]")
    assert form.url.endswith(FORM)  # the browser asks for the word
    form.fill("#id_confirm", "CONFIRMAR")
    form.click("#launch-form [type=submit]")
    expect(form).to_have_url(re.compile(r"/runs/[0-9a-f-]{36}/"))
    expect(form.get_by_text("Correcta").first).to_be_visible(timeout=LONG)
    left = TaskHistory.objects.get()
    assert left.parameters == {"keep_runs_days": 40, "keep_log_days": 30}


def test_another_choice_brings_the_button_back(unattended, browser):
    run = launch("generate_keywords", parameters={"chapter": "00"}, initiator=BY_TEST, inline=True)
    TaskHistory.objects.filter(pk=run.pk).update(status="FAILURE", finished_at=timezone.now())
    page = unattended.open(f"/admin/elasticsearch/launch/generate_keywords/?retry_of={run.task_id}")
    button = page.locator("#launch-form [type=submit]")
    expect(button).to_be_hidden()
    page.fill("#id_chapter", "")
    expect(button).to_be_visible()
    state(page, "ready")
    page.fill("#id_chapter", "00")
    expect(button).to_be_hidden()
    # Without scripts nothing could bring it back: the press is answered with the reason.
    plain = browser.new_page(
        java_script_enabled=False, storage_state=page.context.storage_state(), locale="es-HN"
    )
    plain.goto(page.url)
    plain.click("#launch-form [type=submit]")
    expect(plain.get_by_role("alert")).to_contain_text("No hay partidas")
    plain.close()


AT_END = "box => box.scrollTop + box.clientHeight >= box.scrollHeight - 4"


def in_progress(job="cleanup", **fields):
    """A run that goes on for the whole test, without a worker."""
    run = launch(job, initiator=BY_TEST, inline=True)
    now = timezone.now()
    TaskHistory.objects.filter(pk=run.pk).update(
        status="PROGRESS", epoch=1, started_at=now, heartbeat_at=now + timedelta(minutes=5),
        progressed_at=now, lease_expires_at=now + timedelta(minutes=5), **fields,
    )  # fmt: skip
    return run


def tell_lines(run, count, text="line"):
    """So many lines, the eighth about an item that failed."""
    lines = [
        LogLine(run=run, at=timezone.now(), text=f"{text}-{n}", item="8517" if n == 7 else "")
        for n in range(count)
    ]
    hints.tell_lines(run.task_id, LogLine.objects.bulk_create(lines))


def test_the_log_keeps_two_hundred_lines_and_renews_what_failed(unattended):
    run = in_progress()
    page = unattended.open(run.get_absolute_url())
    expect(page.locator("live-status")).to_have_attribute("state", "live", timeout=LONG)
    for part in range(3):
        tell_lines(run, 400, f"line {part}")
    expect(page.locator("run-log li").last).to_contain_text("line 2-399", timeout=LONG)
    assert page.locator("run-log li").count() == 200
    assert page.locator("run-log [role=log]").evaluate(AT_END)
    expect(page.locator("#part-failed tbody tr")).to_have_count(1, timeout=LONG)


def test_the_log_waits_while_it_is_read(unattended):
    run = in_progress()
    tell_lines(run, 300)
    page = unattended.open(run.get_absolute_url())
    expect(page.locator("live-status")).to_have_attribute("state", "live", timeout=LONG)
    box, follow = page.locator("run-log [role=log]"), page.get_by_label("Seguir el final")
    box.evaluate("box => { box.scrollTop = 100 }")
    expect(follow).not_to_be_checked()
    tell_lines(run, 1, "the newest")
    expect(page.locator("run-log li").last).to_contain_text("the newest")
    assert not box.evaluate(AT_END)
    follow.check()
    assert box.evaluate(AT_END)


def test_a_conflict_leads_to_the_run_that_is_in_the_way(unattended):
    page = unattended.open("/admin/elasticsearch/launch/cleanup/")
    run = in_progress()
    page.fill("#id_confirm", "CONFIRMAR")
    page.click("#launch-form [type=submit]")
    page.locator("#conflict a").click()
    expect(page).to_have_url(re.compile(run.task_id))
