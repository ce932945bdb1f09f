"""Clasificar in a real Chromium: typing, arrows, Enter, a value, the confirmation; a manifest."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.models import Classification, Manifest
from micasillero.quality.models import AskedQuery
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork
from tests.e2e.conftest import attend

LONG = 30_000
CLASSIFY = "/admin/elasticsearch/classify/"
SHOES, BOOTS = "6404.11.00.00", "6403.91.00.00"
HITS = "**/classify/hits/**"


@pytest.fixture
def page(unattended):
    """The page over an index with two lines that are found by the word calzado."""
    for code, text in ((SHOES, "Calzado de deporte"), (BOOTS, "Calzado de cuero, botas")):
        PartidaArancelaria.objects.create(
            item_no=code, descripcion=text, is_leaf=True, impuesto_dai="0.15", impuesto_isv="0.15"
        )
    rebuild_index(work=SilentWork(), token="first")
    return unattended.open(CLASSIFY)


def field(page):
    return page.get_by_role("combobox", name="¿Qué es?")


def options(page):
    return page.get_by_role("listbox", name="Partidas encontradas").get_by_role("option")


def test_type_arrow_enter_value_enter_and_the_line_is_confirmed(page):
    loads = []
    page.on("load", lambda: loads.append(page.url))
    expect(field(page)).to_be_focused()
    page.keyboard.type("calzado botas", delay=20)
    expect(options(page)).to_have_count(2)
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    first = options(page).first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    page.keyboard.press("Enter")
    expect(page.locator("#chosen-h")).to_have_text(BOOTS)
    expect(page.locator("[name=cif]")).to_be_focused()
    # DAI 100 x 15 % = 15; ISV 115 x 15 % = 17.25; together 32.25.
    page.keyboard.type("100")
    expect(page.locator(".co-taxes")).to_contain_text("32.25")
    expect(page.get_by_role("button", name="Calcular")).to_be_hidden()
    assert not loads
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text(f"Confirmada: {BOOTS}")
    expect(field(page)).to_be_focused()
    kept = Classification.objects.get()
    assert (kept.query, kept.rank, kept.shown, kept.cif) == ("calzado botas", 1, 2, Decimal(100))
    assert AskedQuery.objects.get().times == 1


def test_the_list_follows_the_keys_and_the_newest_text(page):
    """Small cases on one site, since starting it takes longest."""
    keys_go_round_and_escape_lets_go(page)
    an_older_answer_never_comes_after_a_newer_one(page)
    without_an_answer_the_text_stays(page)
    a_click_chooses_and_why_is_told_on_demand(page)
    a_word_that_found_nothing_is_kept_for_its_line(page)


def keys_go_round_and_escape_lets_go(page):
    page.keyboard.type("calzado")
    expect(options(page)).to_have_count(2)
    page.keyboard.press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator("[aria-selected=true]")).to_have_count(0)
    expect(field(page)).to_have_value("calzado")
    expect(field(page)).to_be_focused()


def an_older_answer_never_comes_after_a_newer_one(page):
    held = []

    def hold(route):
        held.append(route) if route.request.url.endswith("q=cuero") else route.continue_()

    page.route(HITS, hold)
    with page.expect_request(re.compile("q=cuero$")):
        field(page).fill("cuero")
    field(page).fill("deporte")
    expect(options(page).first).to_contain_text(SHOES)
    for route in held:
        route.fulfill(body="<ol id=hits><li><a class=co-hit id=hit-1>old</a></li></ol>")
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_contain_text(SHOES)
    assert held
    page.unroute(HITS)


def without_an_answer_the_text_stays(page):
    page.route(HITS, lambda route: route.abort())
    field(page).fill("calzado")
    expect(page.locator("[data-hits]")).to_contain_text("El servidor no responde")
    expect(field(page)).to_have_value("calzado")
    page.unroute(HITS)
    field(page).fill("calzado botas")
    expect(options(page)).to_have_count(2)


def a_click_chooses_and_why_is_told_on_demand(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    options(page).last.click()
    expect(page.locator("#chosen-h")).to_have_text(SHOES)
    assert not [url for url in asked if "/why/" in url]
    page.get_by_text("¿Por qué?").click()
    expect(page.locator("fetched-details")).to_contain_text("Puntos")
    page.get_by_role("button", name="Copiar código").click()
    expect(page.locator("copy-code")).to_contain_text("Copiado")


def a_word_that_found_nothing_is_kept_for_its_line(page):
    field(page).fill("chunches")
    expect(page.locator("[data-none]")).to_be_visible()
    field(page).fill("calzado botas")
    options(page).first.click()
    expect(page.locator("#chosen-h")).to_have_text(BOOTS)
    page.locator("#add-word summary").click()
    expect(page.locator("#keyword_text")).to_have_value("chunches")
    expect(page.locator("#keyword_code")).to_have_value(BOOTS)
    page.get_by_role("button", name="Agregar la palabra").click()
    expect(page.locator(".messagelist")).to_contain_text("“chunches”")


def test_a_manifest_from_pasting_to_export_and_the_page_without_a_script(page, unattended, site):
    attend(site)
    a_manifest_is_searched_reviewed_and_exported(page)
    without_a_script_everything_works(page, unattended)


def a_manifest_is_searched_reviewed_and_exported(page):
    page.get_by_role("link", name="Un manifiesto").click()
    page.fill("[name=pasted]", "descripcion;valor\ncalzado botas;100\nnada de nada\n")
    page.get_by_role("button", name="Clasificar un manifiesto").click()
    expect(page.locator("input[type=radio]")).to_have_count(3, timeout=LONG)
    assert page.locator("input[type=radio]:checked").get_attribute("value") == BOOTS
    page.get_by_role("button", name="Confirmar lo marcado").click()
    expect(page.locator("#review-h")).to_contain_text("1 de 2 confirmadas")
    with page.expect_download() as download:
        page.get_by_role("button", name="Exportar").click()
    content = download.value.path().read_text(encoding="utf-8-sig")
    assert BOOTS in content
    assert "32.25" in content
    assert Manifest.objects.get().lines.filter(code=BOOTS).exists()


def without_a_script_everything_works(page, console):
    context = page.context.browser.new_context(
        java_script_enabled=False, locale="es-HN", storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(console.url + CLASSIFY)
    plain.fill("[name=q]", "calzado botas")
    plain.get_by_role("button", name="Buscar").click()
    plain.locator(".co-hit", has_text=BOOTS).click()
    plain.fill("[name=cif]", "100")
    plain.get_by_role("button", name="Calcular").click()
    expect(plain.locator(".co-taxes")).to_contain_text("32.25")
    plain.get_by_text("¿Por qué?").click()
    plain.get_by_role("link", name="Explicar").click()
    expect(plain.locator("fetched-details")).to_contain_text("Puntos")
    plain.get_by_role("button", name="Confirmar esta partida").click()
    expect(plain.locator(".messagelist")).to_contain_text(f"Confirmada: {BOOTS}")
    context.close()
