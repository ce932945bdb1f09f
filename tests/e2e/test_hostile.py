"""Hostile text in a real browser: shown, never obeyed, and not wider than a phone."""

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from playwright.sync_api import Page, expect

from admintools.jobs import hints
from admintools.jobs.models import LogLine, TaskHistory
from tests.support.hostile import ATTRIBUTE, ELEMENT, TEXTS, installation
from tests.support.hostile_pages import pages

LONG = 60_000
PHONE = {"width": 320, "height": 640}
ALL_AT_ONCE = TEXTS["markup"] + TEXTS["right to left"] + TEXTS["long word"]


@pytest.fixture
def watched(unattended) -> Page:
    """A page of a phone; what obeys a text is noted in ``obeyed``."""
    page = unattended.page
    page.set_viewport_size(PHONE)
    page.obeyed = []
    page.on("dialog", lambda dialog: (page.obeyed.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: page.obeyed.append(str(error)))
    return page


def came_out(page: Page) -> list[str]:
    """Elements and attributes that a text became."""
    return page.evaluate(
        """([element, attribute]) =>
          [...document.querySelectorAll(`${element}, [${attribute}]`)].map((e) => e.outerHTML)""",
        [ELEMENT, ATTRIBUTE],
    )


def too_wide(page: Page) -> list[str]:
    """What sticks out on the right when the page scrolls sideways, outermost first."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
          [...document.querySelectorAll("body *")]
            .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
            .map((e) => `${e.localName}.${e.className} in ${e.parentElement.className}: ` +
              e.textContent.trim().slice(0, 40))
            .slice(0, 8)"""
    )


def test_every_page_shows_hostile_text_and_stays_as_wide_as_a_phone(watched, unattended):
    made = installation(ALL_AT_ONCE, get_user_model().objects.get(username="staff"))
    faults = {}
    for path in pages(made):
        if path.endswith("/export/"):
            continue  # a file: no page to look at
        unattended.open(path)
        # Django's own pages scroll as Django made them; a part of a page has no style of its own.
        styled = watched.locator("link[rel=stylesheet]").count() > 0
        ours = styled and path.startswith("/admin/elasticsearch/")
        fault = came_out(watched) + (too_wide(watched) if ours else [])
        if fault:
            faults[path] = fault
    assert not faults, "\n".join(f"{path} {fault}" for path, fault in faults.items())
    assert watched.obeyed == []


def test_what_is_pushed_is_shown_as_text_too(watched, unattended):
    """Log lines and states that come over the socket, all texts in turn."""
    made = installation("quiet", get_user_model().objects.get(username="staff"))
    run = made["runs"][0]
    TaskHistory.objects.filter(pk=run.pk).update(status="RETRY", finished_at=None, queue="none")
    unattended.open(f"/admin/elasticsearch/runs/{run.task_id}/")
    expect(watched.locator("live-status")).to_have_attribute("state", "live", timeout=LONG)
    for number, text in enumerate(TEXTS.values(), 1):
        row = TaskHistory.objects.filter(pk=run.pk)
        row.update(seq=number, message=text, worker=text[:200], error_message=text)
        line = LogLine.objects.create(
            run=run, at=timezone.now(), level="error", text=text, item=text[:200]
        )
        hints.tell(row.get())
        hints.tell_lines(run.task_id, [line])
        expect(watched.locator(f"run-log [data-id='{line.pk}']")).to_be_visible(timeout=LONG)
    assert came_out(watched) == []
    assert too_wide(watched) == []
    assert watched.obeyed == []
