"""The quality of the search in a browser: measured at a press; a missed query is judged."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from micasillero.catalog.models import PartidaArancelaria
from micasillero.quality.models import AskedQuery, QueryJudgment, SearchEvaluation
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork

SHOES = "6404.11.00.00"


@pytest.fixture
def page(console):
    """The page over an index with a line that the shipped queries ask for, and one query that
    found nothing."""
    PartidaArancelaria.objects.create(item_no=SHOES, descripcion="Calzado de deporte", is_leaf=True)
    rebuild_index(work=SilentWork(), token="first")
    now = timezone.now()
    AskedQuery.objects.create(
        folded="burros", text="burros", times=3, without=3, first_at=now, last_at=now
    )
    return console.open("/admin/elasticsearch/quality/")


def test_a_missed_query_is_judged_and_counts_from_then_on(page):
    expect(page.locator(".co-lead")).to_contain_text("todavía")
    page.get_by_role("link", name="Juzgar: burros").click()
    page.locator("[name=relevant]").fill("6404")
    page.locator("[name=best]").fill("6404.11")
    page.get_by_role("button", name="Guardar el juicio").click()
    expect(page.locator(".messagelist")).to_be_visible()
    assert QueryJudgment.objects.get(query="burros").best == ["6404.11"]
    expect(page.get_by_text("burros", exact=True)).to_have_count(0)

    measure(page)
    found = SearchEvaluation.objects.get()
    assert any(told["query"] == "burros" for told in found.details["outcomes"])
    expect(page.locator("svg").first).to_be_visible()

    measure(page)
    page.get_by_role("button", name="Comparar").click()
    expect(page.locator("#cmp-h")).to_contain_text("en ambas")


def measure(page):
    """Press the button, wait for the run, come back to the page."""
    page.get_by_role("link", name="Evaluar la búsqueda…").click()
    page.click("#launch-form [type=submit]")
    expect(page.locator("#outcome")).to_be_visible(timeout=60_000)
    page.goto(page.url.split("/admin/")[0] + "/admin/elasticsearch/quality/")
