"""What a person types and what they get, the same on both engines."""

import csv

import pytest

from micasillero.catalog.builtin import files
from micasillero.catalog.models import CourierCategory, PartidaArancelaria
from micasillero.search.analysis import terms
from micasillero.search.query import search
from micasillero.work import WorkError

from .doubles import only_elasticsearch

BRANCHES = {
    "8517": "Teléfonos, incluidos los teléfonos móviles",
    "6404": "Calzado con suela de caucho",
    "0207": "Carne y despojos comestibles",
    "1701": "Azúcar",
}
LEAVES = {
    "8517.13.00.00": ("8517", "Teléfonos inteligentes", "Smartphones"),
    "8517.14.00.00": ("8517", "Los demás", "Other"),
    "8517.18.00.00": ("8517", "Los demás", "Other"),
    "6404.11.00.00": ("6404", "Tenis para correr", "Running shoes"),
    "0207.11.00.00": ("0207", "Aves enteras, excepto pavos (gallipavos)", "Whole birds"),
    "0207.24.00.00": ("0207", "Pavos enteros", "Whole turkeys"),
    "1701.13.00.00": ("1701", "Azúcares de caña", "Cane sugar"),
    "0901.21.00.00": (None, "Café tostado, sin descafeinar", "Roasted coffee"),
    "1005.90.20.00": (None, "Maíz amarillo", "Yellow maize"),
    "8537.10.00.00": (None, "Tableros para una tensión de 220 V", "Boards for 220 V"),
    "9504.50.00.00": (None, "Videoconsolas", "Video game consoles"),
}


@pytest.fixture
def tariff(engine, rebuild):
    above = {
        code: PartidaArancelaria.objects.create(item_no=code, descripcion=text)
        for code, text in BRANCHES.items()
    }
    for code, (branch, text, english) in LEAVES.items():
        PartidaArancelaria.objects.create(
            item_no=code,
            descripcion=text,
            descripcion_en=english,
            parent=above.get(branch),
            is_leaf=True,
            impuesto_dai="0.15",
            impuesto_isv="0.12",
            courier_category=CourierCategory.RESTRICTED,
        )
    rebuild()


def codes(text, k=10):
    return [hit.code for hit in search(text, k).hits]


@pytest.mark.parametrize(
    "spelling", ["8517.13.00.00", "8517130000", "8517 13 00", "8517.13", "8517-13", "HS 8517.13"]
)
def test_a_code_is_found_in_any_spelling(tariff, spelling):
    answer = search(spelling)
    assert [hit.code for hit in answer.hits] == ["8517.13.00.00"]
    assert not answer.relaxed


def test_the_start_of_a_code_finds_all_below_it_in_order(tariff):
    assert codes("partida 8517") == ["8517.13.00.00", "8517.14.00.00", "8517.18.00.00"]
    assert codes("85") == [*codes("8517"), "8537.10.00.00"]


def test_a_code_that_is_not_there_leads_to_its_heading_and_says_so(tariff):
    answer = search("8517.13.99")
    assert answer.relaxed
    assert [hit.code for hit in answer.hits] == ["8517.13.00.00"]


def test_a_number_with_a_unit_is_no_code(tariff):
    assert codes("220 v")[0] == "8537.10.00.00"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("cafe", "0901.21.00.00"),
        ("CAFÉ", "0901.21.00.00"),
        ("maiz", "1005.90.20.00"),
        ("azucar de cana", "1701.13.00.00"),
        ("azúcares", "1701.13.00.00"),
        ("telefono inteligente", "8517.13.00.00"),
        ("tostados", "0901.21.00.00"),
        ("smartphone", "8517.13.00.00"),
        ("running shoe", "6404.11.00.00"),
        ("sin descafeinar", "0901.21.00.00"),
    ],
)
def test_accents_case_number_and_language_do_not_matter(tariff, typed, code):
    assert codes(typed)[0] == code


def test_a_line_is_found_by_the_texts_above_it(tariff):
    assert codes("calzado") == ["6404.11.00.00"]


def test_own_words_count_for_more_than_those_above(tariff):
    assert codes("telefonos")[0] == "8517.13.00.00"


def test_what_a_line_excludes_does_not_find_it(tariff):
    assert codes("pavos") == ["0207.24.00.00"]
    assert codes("gallipavos") == []


def test_lines_that_score_alike_come_in_the_order_of_the_code(tariff):
    assert codes("demás") == ["8517.14.00.00", "8517.18.00.00"]


def test_a_typing_error_is_forgiven_and_said_so(tariff):
    answer = search("videoconzolas")
    assert [hit.code for hit in answer.hits] == ["9504.50.00.00"]
    assert answer.relaxed


def test_a_missing_word_is_forgiven_and_said_so(tariff):
    answer = search("videoconsolas portátiles rojas")
    assert answer.hits[0].code == "9504.50.00.00"
    assert answer.relaxed


def test_few_exact_hits_come_before_the_forgiven_ones(tariff):
    answer = search("tenis", 10)
    assert answer.hits[0].code == "6404.11.00.00"


def test_nothing_like_it_finds_nothing(tariff):
    answer = search("xilófono")
    assert (answer.hits, answer.relaxed) == ([], False)


def test_k_is_the_most_that_comes(tariff):
    assert codes("85", 2) == ["8517.13.00.00", "8517.14.00.00"]
    assert len(codes("de", 3)) <= 3


def test_the_answer_carries_rates_and_category(tariff):
    (hit,) = search("8517.13.00.00").as_json()["hits"]
    assert hit == {
        "code": "8517.13.00.00",
        "description": "Teléfonos inteligentes",
        "score": 1.0,
        "courier_category": "RESTRICTED",
        "rates": {"dai": 0.15, "isc": 0.0, "ispc": 0.0, "isv": 0.12},
    }


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_query_is_refused(tariff, text):
    with pytest.raises(WorkError) as refused:
        search(text)
    assert refused.value.code == "empty_query"


@pytest.mark.parametrize(
    "text", ['"', "a AND (", "own:*", "¿?", "x" * 5_000, "\x00", "ñ" * 300, "de la", "* ~ ^ \\"]
)
def test_no_query_is_a_fault(tariff, text):
    assert isinstance(search(text).hits, list)


@only_elasticsearch
def test_both_engines_make_the_same_terms_of_the_built_in_catalogue(engine):
    """Ours in Python and Lucene's: both engines then match the same lines."""
    texts = set()
    for path in files():
        with path.open(encoding="utf-8", newline="") as lines:
            texts.update(row["descripcion"] for row in csv.DictReader(lines))
    assert len(texts) > 200
    name = f"{engine.alias}-20260101000000-a"
    engine.create_building(name)
    differing = {}
    for text in sorted(texts):
        tokens = engine.client.indices.analyze(index=name, analyzer="es", text=text)["tokens"]
        if [token["token"] for token in tokens] != terms(text):
            differing[text] = [token["token"] for token in tokens]
    assert differing == {}
