"""What a person types and what they get, the same on both engines."""

import csv

import pytest

from micasillero.analysis import terms
from micasillero.catalog.builtin import files
from micasillero.catalog.models import CourierCategory, PartidaArancelaria
from micasillero.keywords.models import Keyword
from micasillero.search.explain import explain
from micasillero.search.query import search
from micasillero.search.sync import sync_once
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
PROHIBITED = ("8517.18.00.00", "0207.24.00.00")


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
            category_reason="Con homologación." if code == "8517.13.00.00" else "",
            permit_authority="CONATEL" if code == "8517.13.00.00" else "",
        )
    phone = PartidaArancelaria.objects.get(item_no="8517.13.00.00")
    for text, language in (("celular nuevo", "es"), ("iphone", "en")):
        Keyword.objects.create(
            partida=phone, text=text, language=language, source="manual", status="approved"
        )
    PartidaArancelaria.objects.filter(item_no__in=PROHIBITED).update(courier_category="PROHIBITED")
    rebuild()


def codes(text, k=10):
    return [hit.code for hit in search(text, k).hits]


def test_a_code_is_found_in_any_spelling(tariff):
    spellings = (
        *("8517.13.00.00", "8517130000", "85171300", "8517 13 00", "8517.13", "8517-13"),
        *("HS 8517.13", "85.17.13", "teléfono hs code 851713"),
    )
    for spelling in spellings:
        answer = search(spelling)
        assert ([hit.code for hit in answer.hits], answer.relaxed) == (["8517.13.00.00"], False)


def test_the_start_of_a_code_finds_all_below_it_in_order(tariff):
    assert codes("partida 8517") == ["8517.13.00.00", "8517.14.00.00", "8517.18.00.00"]
    assert codes("85") == [*codes("8517"), "8537.10.00.00"]


def test_a_code_that_is_not_there_leads_to_its_heading_and_says_so(tariff):
    answer = search("8517.13.99")
    assert answer.relaxed
    assert [hit.code for hit in answer.hits] == ["8517.13.00.00"]


@pytest.mark.parametrize("foreign", ["8517.13.0090", "8517130090", "HTS 8517.13.00.90 SMARTPHONE"])
def test_a_foreign_code_leads_to_the_subheading_that_all_countries_share(tariff, foreign):
    answer = search(foreign)
    assert ([hit.code for hit in answer.hits], answer.relaxed) == (["8517.13.00.00"], True)


def test_a_number_with_a_unit_is_no_code(tariff):
    assert codes("220 v")[0] == "8537.10.00.00"


TYPED = {
    "cafe": "0901.21.00.00",
    "CAFÉ": "0901.21.00.00",
    "maiz": "1005.90.20.00",
    "azucar de cana": "1701.13.00.00",
    "azúcares": "1701.13.00.00",
    "telefono inteligente": "8517.13.00.00",
    "tostados": "0901.21.00.00",
    "smartphone": "8517.13.00.00",
    "running shoe": "6404.11.00.00",
    "sin descafeinar": "0901.21.00.00",
}


def test_accents_case_number_and_language_do_not_matter(tariff):
    assert {typed: codes(typed)[0] for typed in TYPED} == TYPED


def test_a_line_is_found_by_the_texts_above_it(tariff):
    assert codes("calzado") == ["6404.11.00.00"]


def test_own_words_count_for_more_than_those_above(tariff):
    assert codes("telefonos")[0] == "8517.13.00.00"


def test_what_a_line_excludes_does_not_find_it(tariff):
    assert codes("pavos") == ["0207.24.00.00"]
    assert codes("gallipavos") == []


def test_lines_that_score_alike_come_in_the_order_of_the_code(tariff):
    assert codes("demás") == ["8517.14.00.00", "8517.18.00.00"]


def test_a_leftover_line_is_found_by_what_it_is_left_over_from(tariff):
    """And after the line that says it itself."""
    assert codes("teléfonos móviles") == ["8517.13.00.00", "8517.14.00.00", "8517.18.00.00"]
    assert codes("los demás calzados") != codes("los demás teléfonos")
    assert codes("los demás teléfonos")[:2] == ["8517.14.00.00", "8517.18.00.00"]


def test_lines_of_one_category_score_as_among_all(tariff):
    def scores(category):
        found = search("teléfonos pavos 220 v", 10, category=category)
        return {hit.code: hit.score for hit in found.hits}

    every, prohibited = scores(""), scores("PROHIBITED")
    assert prohibited == {code: every[code] for code in PROHIBITED}
    assert {**scores("RESTRICTED"), **prohibited} == every


def test_k_lines_of_a_category_are_found_however_many_others_come_before(tariff):
    for query in ("8517", "85", "teléfonos"):
        hits = search(query, 1, category="PROHIBITED").hits
        assert [hit.code for hit in hits] == ["8517.18.00.00"]


EXPLAINED = (
    *("telefono inteligente", "celular nuevo iphone", "nuevo celulra", "8517.13.0090"),
    *("azúcares de caña xilófono", "los demás teléfonos"),
)


def test_an_explanation_adds_up_to_the_score_of_each_hit(tariff):
    found = [(query, hit) for query in EXPLAINED for hit in search(query).hits]
    assert {query for query, _hit in found} == set(EXPLAINED)
    for query, hit in found:
        told = explain(query, hit.code)
        assert told.score == pytest.approx(hit.score, abs=0.001), (query, hit)
        points = sum(match.points for match in told.matches)
        assert points == pytest.approx(told.score, abs=0.001), (query, hit)


def test_the_generation_is_another_after_each_change_that_a_search_sees(engine, tariff, rebuild):
    def generation():
        # As another process would, which has opened nothing yet.
        return type(engine).from_settings().generation(engine.alias)

    seen = [generation()]
    assert generation() == seen[0]
    PartidaArancelaria.objects.filter(item_no="0901.21.00.00").update(descripcion="Té")
    sync_once(engine)
    seen.append(generation())
    assert sync_once(engine) == 0
    assert generation() == seen[-1]
    PartidaArancelaria.objects.filter(item_no="0901.21.00.00").delete()
    sync_once(engine)
    seen.append(generation())
    rebuild()
    seen.append(generation())
    assert len(set(seen)) == 4


def test_a_typing_error_is_forgiven_and_said_so(tariff):
    answer = search("videoconzolas")
    assert [hit.code for hit in answer.hits] == ["9504.50.00.00"]
    assert answer.relaxed


def test_a_missing_word_is_forgiven_and_said_so(tariff):
    answer = search("videoconsolas portátiles xilófono")
    assert answer.hits[0].code == "9504.50.00.00"
    assert answer.relaxed


def test_a_colour_or_a_size_that_no_line_has_makes_no_near_miss(tariff):
    answer = search("RUNNING SHOES SZ 10 BLK rojas")
    assert (answer.hits[0].code, answer.relaxed) == ("6404.11.00.00", False)


def test_a_colour_alone_is_asked_as_it_stands(tariff):
    assert search("rojo").hits == []


def test_few_exact_hits_come_before_the_forgiven_ones(tariff):
    answer = search("tenis", 10)
    assert answer.hits[0].code == "6404.11.00.00"


def test_nothing_like_it_finds_nothing(tariff):
    answer = search("xilófono")
    assert (answer.hits, answer.relaxed) == ([], False)


def test_k_is_the_most_that_comes(tariff):
    assert codes("85", 2) == ["8517.13.00.00", "8517.14.00.00"]
    assert len(codes("de", 3)) <= 3


def test_the_answer_carries_rates_category_and_reason(tariff):
    (hit,) = search("8517.13.00.00").as_json()["hits"]
    assert hit == {
        "code": "8517.13.00.00",
        "description": "Teléfonos inteligentes",
        "score": 1.0,
        "courier_category": "RESTRICTED",
        "rates": {"dai": 0.15, "isc": 0.0, "ispc": 0.0, "isv": 0.12},
        "reason": "Con homologación.",
        "permit_authority": "CONATEL",
    }


def test_an_empty_query_is_refused(tariff):
    for text in ("", "   ", "\n"):
        with pytest.raises(WorkError) as refused:
            search(text)
        assert refused.value.code == "empty_query"


ODD = ('"', "a AND (", "own:*", "¿?", "x" * 5_000, "\x00", "ñ" * 300, "de la", "* ~ ^ \\")


def test_no_query_is_a_fault(tariff):
    for text in ODD:
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
