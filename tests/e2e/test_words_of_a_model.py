"""From the price of a model's words to the search that finds by them, as one person does it."""

import pytest
from playwright.sync_api import expect

from micasillero.catalog.models import PartidaArancelaria
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork
from tests.support.ai_server import AIServer, Reply, keywords

PUZZLES, OTHERS = "9503.00.10.00", "9503.00.90.00"
CLASSIFY = "/admin/elasticsearch/classify/"


def says(asked):
    """For the other toys a phrase with a word of the puzzles in it: for a person to look at."""
    if asked.code == OTHERS:
        return Reply(data={"es": ["chinchilete de cartón"], "en": []})
    return keywords(asked)


@pytest.fixture
def page(site, request):
    """The console over an index of toys, with a model that answers as `says` does."""
    branch = PartidaArancelaria.objects.create(item_no="9503.00", descripcion="Juguetes")
    for code, text in ((PUZZLES, "Rompecabezas de cartón"), (OTHERS, "Los demás")):
        PartidaArancelaria.objects.create(
            item_no=code, descripcion=text, is_leaf=True, parent=branch
        )
    with AIServer() as server:
        server.usual = says
        site.env.update(server.env)
        console = request.getfixturevalue("console")
        site.sync_index()
        rebuild_index(work=SilentWork(), token="first")
        yield console.open("/admin/elasticsearch/launch/generate_keywords/")


def ask(page, text):
    page.goto(page.url.split("/admin/")[0] + CLASSIFY)
    page.get_by_role("combobox", name="¿Qué es?").fill(text)


def test_priced_watched_reviewed_by_keyboard_and_then_searched(page):
    panel = page.locator("launch-preview")
    page.select_option("#id_provider", "anthropic:claude-haiku-5-5")
    page.fill("#id_chapter", "95")
    expect(panel).to_contain_text("US$")
    expect(panel).to_have_attribute("data-state", "ready")

    page.click("#launch-form [type=submit]")
    expect(page.locator("#outcome")).to_contain_text("Llamadas al modelo", timeout=60_000)
    ask(page, "chinchilete")
    expect(page.locator("[data-none]")).to_contain_text("No se encontró nada")

    page.goto(page.url.split("/admin/")[0] + "/admin/elasticsearch/review/")
    page.keyboard.press("j")
    expect(page.locator('tr[data-text="chinchilete de cartón"]')).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("#co-announce")).to_contain_text("Aprobada: chinchilete de cartón.")

    hits = page.get_by_role("listbox", name="Partidas encontradas").get_by_role("option")
    for _second in range(10):  # the index follows within two
        ask(page, "chinchilete")
        page.wait_for_timeout(1000)
        if hits.count():
            break
    expect(hits.first).to_contain_text(OTHERS)
