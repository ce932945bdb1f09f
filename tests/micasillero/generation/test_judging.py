"""Judging by what the database holds: keywords, headings, and the lines beside."""

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation import known
from micasillero.generation.filters import judge_all
from micasillero.generation.items import items_of
from micasillero.generation.known import Known
from micasillero.generation.roundtrip import RoundTrip
from micasillero.keywords.loader import Entry
from micasillero.keywords.models import Keyword

from . import lines
from .lines import said

pytestmark = pytest.mark.django_db

WORDS = (Entry("6404", ("burros",), (), ()), Entry("950300", (), (), ("lego",)))


@pytest.fixture(autouse=True)
def words(monkeypatch):
    monkeypatch.setattr(known, "lexicon", lambda: WORDS)


@pytest.fixture
def shoes():
    return lines.make()


def keyword(line, text, status="approved"):
    return Keyword.objects.create(partida=line, text=text, language="es", status=status)


def item(shoes, code):
    (found,) = items_of([shoes[code].pk])
    return found


def trip(shoes, code, text):
    found = item(shoes, code)
    return RoundTrip.among([found])(found, text)


def test_a_word_that_none_beside_it_has_brings_the_line_first(shoes):
    assert trip(shoes, "6404.11.00.00", "zapatillas") == (1, 3)


def test_a_word_that_a_line_beside_it_has_as_well_comes_after_that(shoes):
    keyword(shoes["6404.19.90.00"], "zapatilla")
    assert trip(shoes, "6404.11.00.00", "zapatillas") == (2, 3)


def test_keywords_that_are_not_approved_bring_nothing(shoes):
    keyword(shoes["6404.19.90.00"], "zapatilla", "pending")
    assert trip(shoes, "6404.11.00.00", "zapatillas") == (1, 3)


def test_a_keyword_of_the_line_s_own_words_beats_one_that_has_some_of_them(shoes):
    keyword(shoes["6404.19.90.00"], "zapatilla de lona")
    assert trip(shoes, "6404.11.00.00", "zapatilla de tenis") == (1, 3)


def test_whoever_is_called_so_whole_comes_before_one_that_has_the_words_apart(shoes):
    keyword(shoes["6404.19.90.00"], "zapatilla")
    keyword(shoes["6404.19.90.00"], "lona")
    assert trip(shoes, "6404.11.00.00", "zapatilla de lona") == (1, 3)


def test_a_sibling_whose_text_has_the_words_comes_after_whoever_is_called_so(shoes):
    assert trip(shoes, "6404.19.90.00", "cubrecalzado") == (1, 3)


def test_a_line_alone_under_its_heading_comes_in_first_of_one():
    alone = lines.make([("4907", None, "Sellos"), ("4907.00.00.00", "4907", "Sellos de correo")])
    assert trip(alone, "4907.00.00.00", "estampillas") == (1, 1)


def test_the_headings_of_a_word_are_those_of_the_lexicon_and_of_the_database(shoes):
    toy = PartidaArancelaria.objects.create(item_no="9503.00.10.00", descripcion="x", is_leaf=True)
    keyword(toy, "burros", "pending")
    keyword(toy, "tenis", "rejected")
    told = Known.about([(item(shoes, "6404.11.00.00"), said("Burros", "lego", "tenis"))])
    assert told.headings == {"burros": {"6404", "9503"}, "lego": {"9503"}}


def test_a_keyword_once_rejected_stays_rejected_in_every_form(shoes):
    line = shoes["6404.11.00.00"]
    keyword(line, "zapatillas de lona", "approved")
    keyword(line, "lona zapatilla", "rejected")
    keyword(line, "zapatillas lona", "approved")
    ((judged,),) = judge_all([(item(shoes, "6404.11.00.00"), said("zapatilla lona"))])
    assert judged.reasons == ("rejected",)


def test_all_is_judged_together(shoes):
    keyword(shoes["6404.11.00.00"], "burros")
    answers = [
        (item(shoes, "6404.11.00.00"), said("burros", "zapatillas")),
        (item(shoes, "6404.19.90.00"), said("burros", "lego", "tenis", "sandalias")),
    ]
    assert [[(one.verdict, *one.reasons) for one in judged] for judged in judge_all(answers)] == [
        [("dropped", "known"), ("passed",)],
        [
            ("doubtful", "round_trip"), ("doubtful", "other_heading"), ("dropped", "sibling"),
            ("passed",),
        ],
    ]  # fmt: skip


def test_judging_1000_lines_takes_a_few_queries(django_assert_max_num_queries):
    rows = []
    for heading in range(1001, 1101):
        rows.append((f"{heading}", None, "Calzado"))
        rows += [(f"{heading}.{n}0.00.00", f"{heading}", f"Clase {n}") for n in range(10)]
    made = lines.make(rows)
    Keyword.objects.bulk_create(
        Keyword(partida=line, text=f"palabra {n}", language="es", status="approved")
        for line in made.values()
        for n in range(2)
    )
    ids = [line.pk for line in made.values() if line.is_leaf]
    with django_assert_max_num_queries(40):
        found = items_of(ids)
        judged = judge_all(
            [(one, said(*(f"bota {one.pk} n{n}" for n in range(10)))) for one in found]
        )
    assert [len(verdicts) for verdicts in judged] == [10] * 1000
    assert judged[0][0].evidence["round_trip"] == {"rank": 1, "of": 10}
