"""The page Clasificar: a query, its hits, the chosen line, and what a person decides.

A real index of the embedded engine stands behind it, built once for each test from four lines.
"""

import uuid

import pytest
from django.contrib.admin.models import LogEntry

from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.models import Classification
from micasillero.quality.models import AskedQuery
from micasillero.search.engines import _engine, get_engine
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork, TryAgain

from .conftest import HTML, JSON

CLASSIFY = "/admin/elasticsearch/classify/"
SHOES, CAPS, WINE = "6404.11.00.00", "6505.00.10.00", "2204.10.00.00"
HOSTILE = "<script>alert(1)</script>"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lines():
    heading = PartidaArancelaria.objects.create(item_no="6404", descripcion="Calzado de tela")
    made = [
        (SHOES, "Tenis para correr", heading, {"impuesto_dai": "0.15", "impuesto_isv": "0.15"}),
        (CAPS, "Gorras tejidas", None, {}),
        (WINE, "Vino espumoso", None, {
            "impuesto_isc": "0.10", "impuesto_isv": "0.18", "courier_category": "RESTRICTED",
            "category_reason": "Necesita permiso sanitario.", "permit_authority": "ARSA",
        }),
    ]  # fmt: skip
    return {
        code: PartidaArancelaria.objects.create(
            item_no=code, descripcion=text, parent=above, is_leaf=True, **fields
        )
        for code, text, above, fields in made
    }


@pytest.fixture
def index(lines, settings):
    """An index of these lines, live for the test alone."""
    of_its_own(settings)
    rebuild_index(work=SilentWork(), token="clasificar")
    yield
    for one in get_engine().indices():
        get_engine().delete(one.name)
    _engine.cache_clear()


def of_its_own(settings):
    """Nobody else's index is behind the alias."""
    settings.SEARCH_ALIAS = f"clasificar_{uuid.uuid4().hex[:8]}"
    _engine.cache_clear()


@pytest.fixture
def away(lines, monkeypatch):
    """The engine does not answer."""

    def nobody(*_args, **_options):
        raise TryAgain("The search engine does not answer.")

    monkeypatch.setattr("admintools.console.classify.hits.search", nobody)


def page(client, address="", **fields):
    answer = client.get(CLASSIFY + address, fields)
    return answer.content.decode()


def press(client, headers=HTML, **fields):
    sent = {"q": "tenis", "code": SHOES, "rank": "1", "shown": "3", "press": str(uuid.uuid4())}
    return client.post(f"{CLASSIFY}confirm/", {**sent, **fields}, headers=headers)


def test_the_focus_is_in_the_one_field(boss):
    assert page(boss).count(" autofocus") == 1


def test_hits_show_code_texts_above_rates_and_lead_to_the_line(boss, index):
    found = page(boss, "hits/", q="tenis")
    assert SHOES in found
    assert "Calzado de tela" in found
    assert "DAI 15\N{NO-BREAK SPACE}%" in found
    assert f"?q=tenis&amp;code={SHOES}&amp;rank=1&amp;shown=1" in found


def test_the_page_of_a_query_holds_the_same_list(boss, index):
    assert page(boss, "hits/", q="tenis").strip()[:60] in page(boss, q="tenis")


def test_a_restricted_hit_is_marked_with_its_reason(boss, index):
    found = page(boss, "hits/", q="vino espumoso")
    assert "is-warn" in found
    assert "Necesita permiso sanitario." in found


def test_nothing_found_says_what_to_try(boss, index):
    assert "No se encontró nada para “zzzzzz”" in page(boss, "hits/", q="zzzzzz")


def test_the_chosen_line_shows_all_that_is_known_of_it(boss, lines):
    panel = page(boss, "line/", q="vino", code=WINE)
    for told in (
        WINE,
        "Vino espumoso",
        "Necesita permiso sanitario.",
        "ARSA",
        "18\N{NO-BREAK SPACE}%",
    ):
        assert told in panel


def test_a_code_without_its_dots_is_the_same_line(boss, lines):
    assert WINE in page(boss, "line/", code=WINE.replace(".", ""))


def test_a_code_that_is_none_is_said_so(boss, lines):
    answer = boss.get(f"{CLASSIFY}line/", {"code": "9999.99.99.99"})
    assert answer.status_code == 404
    assert "No existe la partida 9999.99.99.99" in answer.content.decode()


def test_the_taxes_on_a_value_are_those_of_the_formula(boss, lines):
    # DAI 1,000 x 15 % = 150; ISV 1,150 x 15 % = 172.50; together 322.50.
    told = page(boss, "taxes/", code=SHOES, cif="1,000", currency="HNL")
    assert "172.50" in told
    assert "322.50" in told
    assert "1,322.50" in told


@pytest.mark.parametrize("value", ["mucho", "-5", "1.2345", "9" * 40])
def test_a_value_that_is_none_is_said_so(boss, lines, value):
    answer = boss.get(f"{CLASSIFY}taxes/", {"code": SHOES, "cif": value})
    assert answer.status_code == 400
    assert "is-err" in answer.content.decode()


def test_confirming_keeps_who_the_query_the_rank_and_the_line(boss, lines):
    assert press(boss, cif="120.50", currency="HNL").url == CLASSIFY
    kept = Classification.objects.get()
    assert (kept.user.username, kept.query, kept.rank, kept.shown) == ("jefa", "tenis", 1, 3)
    assert (kept.code, kept.partida, str(kept.cif)) == (SHOES, lines[SHOES], "120.50")
    after = page(boss)
    assert "Confirmada: 6404.11.00.00 para “tenis”." in after
    assert f"q=tenis&amp;code={SHOES}" in after
    logged = LogEntry.objects.get()
    assert (logged.user.username, logged.object_id) == ("jefa", str(kept.pk))
    assert logged.change_message == "Confirmada: 6404.11.00.00 para “tenis”."


def test_a_double_click_confirms_once(boss, lines):
    same = str(uuid.uuid4())
    assert press(boss, press=same).status_code == press(boss, press=same).status_code == 302
    assert Classification.objects.count() == LogEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"code": "9999"}, "code"),
        ({"code": ""}, "code"),
        ({"cif": "mucho"}, "cif"),
        ({"press": "x"}, "press"),
        ({"rank": "0"}, "rank"),
        ({"q": "x" * 501}, "q"),
    ],
)
def test_what_cannot_be_confirmed_is_named_and_kept_in_the_form(boss, lines, fields, wrong):
    answer = press(boss, headers=JSON, **fields)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [wrong]
    shown = press(boss, **fields)
    assert shown.status_code == 400
    assert "is-err" in shown.content.decode()
    assert not Classification.objects.exists()


def test_a_wrong_value_stays_in_the_field(boss, lines):
    assert 'value="mucho"' in press(boss, cif="mucho").content.decode()


def test_an_old_page_cannot_confirm_another_line(boss, lines):
    same = str(uuid.uuid4())
    press(boss, press=same)
    answer = press(boss, press=same, code=CAPS)
    assert answer.status_code == 400
    assert "elija la partida de nuevo" in answer.content.decode()


def test_without_a_script_a_button_calculates(boss, lines):
    address = press(boss, cif="1000", calculate="1").url
    assert "322.50" in boss.get(address).content.decode()
    assert not Classification.objects.exists()


def test_why_tells_word_field_and_weight(boss, index):
    told = page(boss, "why/", q="tenis", code=SHOES)
    assert "Puntos" in told
    assert "descripción:" in told
    assert "Tenis para correr" in told


def test_why_is_asked_only_when_it_is_wanted(boss, index):
    assert "why=1" in page(boss, "line/", q="tenis", code=SHOES)
    assert "Puntos" not in page(boss, "line/", q="tenis", code=SHOES)
    assert "Puntos" in page(boss, q="tenis", code=SHOES, why="1")


def test_only_what_was_asked_in_earnest_is_counted(boss, index):
    page(boss, "hits/", q="ten")
    assert not AskedQuery.objects.exists()
    page(boss, "hits/", q="zzzzzz", earnest="1")
    page(boss, q="tenis")
    page(boss, "line/", q="gorras", code=CAPS, shown="1", earnest="1")
    counted = set(AskedQuery.objects.values_list("text", "times", "without"))
    assert counted == {("zzzzzz", 1, 1), ("tenis", 1, 0), ("gorras", 1, 0)}


def test_an_engine_that_is_away_leaves_the_page_usable(boss, away):
    shown = page(boss, q="tenis")
    assert "El motor de búsqueda no responde" in shown or "does not answer" in shown
    assert 'value="tenis"' in shown
    assert not AskedQuery.objects.exists()
    assert press(boss).status_code == 302
    assert "Necesita permiso sanitario." in page(boss, q="vino", code=WINE)


def test_before_the_first_index_the_page_says_so(boss, lines, settings):
    of_its_own(settings)
    assert "co-note is-err" in page(boss, q="tenis")


def test_who_comes_to_add_a_word_asks_nothing_anew(boss, index):
    shown = page(boss, q="zzzzzz", add="1")
    assert '<details class="co-panel co-fold" id="add-word" open>' in shown
    assert 'name="text" value="zzzzzz"' in shown
    assert not AskedQuery.objects.exists()
    assert 'id="add-word">' in page(boss, q="zzzzzz")


def test_each_sees_what_they_confirmed_themselves(boss, person, client_of, lines):
    press(boss)
    assert "code=6404" not in page(client_of(person("classify_goods")))


def test_hostile_texts_are_shown_as_text(boss, index, lines):
    PartidaArancelaria.objects.filter(item_no=SHOES).update(descripcion=HOSTILE)
    for address in ("", "hits/", "line/", "why/", "taxes/"):
        shown = page(boss, address, q=f"tenis {HOSTILE}", code=SHOES, why="1", cif="1")
        assert HOSTILE not in shown
