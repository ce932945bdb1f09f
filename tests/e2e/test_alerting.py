"""An alert comes while its page is open, and goes when a person handles it."""

import re

import pytest
from playwright.sync_api import expect

from admintools.tasks.events import ingest_events
from micasillero.compliance import live
from micasillero.compliance.models import Alert, Severity
from micasillero.events.intake import accept
from tests.micasillero.compliance.rows import rule
from tests.support.events import event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(unattended):
    """The page of the alerts, live and with none."""
    live.forget()
    # A word that no rule of the product looks for.
    rule("zarandajas?", name="Zarandajas", severity=Severity.CRITICAL)
    page = unattended.open("/admin/elasticsearch/alerts/")
    expect(page.locator(".when-live").first).to_be_visible()
    yield page
    live.forget()


def search(query):
    """As the worker does it, on the site's own broker."""
    told = ingest_events(accept("web", [event(query=query)]).batch.pk)
    assert told["alerts_created"] == 1


def test_it_appears_without_a_reload_and_is_handled_by_a_click(page):
    search("zarandaja roja")
    rows = page.locator("alert-list tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("zarandaja roja")
    expect(page.locator("#co-announce")).to_contain_text("Zarandajas")
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(page.locator("[data-level='4']")).to_have_text("1")
    page.locator("[name=note]").fill("Llamé al cliente.")
    rows.get_by_role("button", name="Atender").click()
    expect(page.locator("[data-said]")).to_contain_text("Zarandajas")
    expect(rows).to_have_count(0)
    expect(page.locator("#alerts-h")).to_be_focused()
    expect(page).not_to_have_title(re.compile(r"^\("))
    one = Alert.objects.get()
    assert (one.state, one.note) == ("acknowledged", "Llamé al cliente.")
    assert one.acknowledged_by.username == "staff"
    # Under the pointer or the focus no row moves: the page says that there is more, and waits.
    search("zarandajas azules")
    expect(page.locator("[data-new]")).to_be_visible()
    expect(rows).to_have_count(0)
    page.locator("[data-show-new]").click()
    expect(rows).to_contain_text("zarandajas azules")
