"""Reviewing keywords in a real Chromium: with keys, with marks, and with a second person."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from micasillero.catalog.models import PartidaArancelaria
from micasillero.keywords.decisions import decide
from micasillero.keywords.models import Keyword, Status

WORDS = ("alfa", "bravo", "charlie", "delta", "eco", "foxtrot")


@pytest.fixture
def queue(unattended) -> Page:
    """Six keywords of one line, in the order of WORDS."""
    line = PartidaArancelaria.objects.leaves().order_by("item_no")[0]
    for text in WORDS:
        Keyword.objects.create(
            partida=line, text=text, language="es", source="ai", verdict="doubtful"
        )
    page = unattended.open("/admin/elasticsearch/review/")
    expect(page.locator("review-queue tbody tr")).to_have_count(len(WORDS))
    return page


def row(page, text):
    return page.locator(f'tr[data-text="{text}"]')


def said(page, sentence):
    expect(page.locator("#co-announce")).to_have_text(sentence)


def current(page, text):
    expect(row(page, text)).to_be_focused()
    expect(row(page, text)).to_have_attribute("aria-current", "true")


def states():
    return dict(Keyword.objects.order_by("text").values_list("text", "status"))


def test_a_person_reviews_with_the_keyboard(queue):
    """Each key in turn; the page says what happened, and the focus stays where the work is."""
    page, keys = queue, queue.keyboard
    keys.press("j")
    current(page, "alfa")
    expect(page.locator("#detail h2")).to_have_text("alfa")
    keys.press("a")
    said(page, "Aprobada: alfa. Quedan 5 por revisar.")
    current(page, "bravo")
    expect(page.locator("#detail h2")).to_have_text("bravo")
    expect(page.locator("#detail .co-words").first).to_contain_text("alfa")
    keys.press("r")
    said(page, "Rechazada: bravo. Quedan 4 por revisar.")
    current(page, "charlie")
    keys.press("s")
    said(page, "Pospuesta: charlie. Quedan 3 por revisar.")
    current(page, "delta")
    assert states() == {
        "alfa": "approved", "bravo": "rejected", "charlie": "snoozed",
        "delta": "pending", "eco": "pending", "foxtrot": "pending",
    }  # fmt: skip
    keys.press("z")
    said(page, "Deshecha: charlie. Quedan 4 por revisar.")
    current(page, "charlie")
    keys.press("x")
    keys.press("j")
    keys.press("x")
    said(page, "Marcadas: 2")
    keys.press("r")
    expect(page.locator("dialog")).to_be_visible()
    page.get_by_role("button", name="Sí, rechazar").click()
    said(page, "Rechazada: 2 palabras. Quedan 2 por revisar.")
    current(page, "eco")
    keys.press("z")
    said(page, "Deshecha: 2 palabras. Quedan 4 por revisar.")
    assert states()["charlie"] == states()["delta"] == "pending"
    keys.press("k")
    keys.press("k")
    current(page, "alfa")
    keys.press("a")
    said(page, "Deshecha: 2 palabras. Quedan 4 por revisar.")  # decided already: nothing happens


def test_the_list_and_its_panel_have_nothing_that_axe_calls_serious(queue):
    for scheme in ("light", "dark"):
        queue.emulate_media(color_scheme=scheme)
        queue.reload()  # without the colours still on their way
        found = Axe().run(queue, context={"include": [["#content"]]}).response["violations"]
        serious = [f for f in found if f["impact"] in ("serious", "critical")]
        assert [(f["id"], node["html"]) for f in serious for node in f["nodes"]] == []


def test_marks_conflicts_and_what_the_search_finds(queue):
    page = queue
    page.get_by_label("Marcar: alfa").check()
    page.get_by_label("Marcar: bravo").check()
    expect(page.locator("#detail .is-new")).to_have_count(2)
    other = get_user_model().objects.create_user("eva")
    decide([Keyword.objects.get(text="alfa").pk], Status.REJECTED, other)
    page.locator(".co-bulk").get_by_role("button", name="Aprobar").click()
    expect(row(page, "alfa")).to_contain_text("eva ya la rechazó.")
    expect(row(page, "bravo")).to_contain_text("Aprobada")
    assert (states()["alfa"], states()["bravo"]) == ("rejected", "approved")
    page.get_by_role("link", name="¿Qué encuentra ahora esta búsqueda?").click()
    expect(page.locator("#detail [role=alert]")).to_contain_text("índice")
    expect(page.locator("#found-h")).to_be_focused()
    page.get_by_role("button", name="Deshacer: bravo").click()
    said(page, "Deshecha: bravo. Quedan 5 por revisar.")
    page.get_by_label("Atajos").uncheck()
    row(page, "charlie").focus()
    page.keyboard.press("a")
    page.reload()
    expect(page.get_by_label("Atajos")).not_to_be_checked()
    assert states()["charlie"] == "pending"
