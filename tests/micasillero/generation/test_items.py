"""What a model is told of a line: above, beside and outside of it."""

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation import items
from micasillero.generation.items import items_of
from micasillero.keywords.models import Keyword

from . import lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def shoes():
    return lines.make()


def one(shoes, code):
    (found,) = items_of([shoes[code].pk])
    return found


def keyword(line, text, language="es", status="approved"):
    return Keyword.objects.create(partida=line, text=text, language=language, status=status)


def test_ancestors_go_from_the_heading_down(shoes):
    assert one(shoes, "6404.19.90.00").ancestors == (
        "Calzado con suela de caucho", "Calzado de uso corriente", "Los demás",
    )  # fmt: skip


def test_excepto_clauses_of_the_line_and_above_it_are_taken_apart(shoes):
    found = one(shoes, "6404.11.00.00")
    assert found.description == "Calzado de tenis o baloncesto"
    assert found.exclusions == ("excepto el de la partida 64.05", "excepto botas (de lluvia)")


def test_siblings_stand_under_the_same_parent(shoes):
    assert one(shoes, "6404.19.10.00").siblings == ("Otros",)
    assert one(shoes, "6404.20.00.00").siblings == ("Calzado de uso corriente",)


def test_a_leftover_line_is_told_what_it_is_left_over_from_at_every_level(shoes):
    found = one(shoes, "6404.19.90.00")
    assert found.is_leftover
    assert found.left_over_from == (
        "Calzado de tenis o baloncesto", "Cubrecalzado con suela de plástico",
    )  # fmt: skip


def test_a_named_line_under_a_leftover_branch_does_not_hold_what_that_leaves_out(shoes):
    found = one(shoes, "6404.19.10.00")
    assert not found.is_leftover
    assert found.left_over_from == ("Calzado de tenis o baloncesto",)
    assert one(shoes, "6404.11.00.00").left_over_from == ()


@pytest.mark.parametrize("text", ["Los demás", "LAS DEMAS, de hierro", "Otros:", "Otra parte"])
def test_leftovers_are_known_by_their_first_word(text):
    assert items.is_leftover(text)


@pytest.mark.parametrize("text", ["Partes y los demás", "Otoño", "De los demás"])
def test_a_text_that_only_mentions_others_is_no_leftover(text):
    assert not items.is_leftover(text)


def test_lines_are_compared_with_what_they_are_left_over_from(shoes):
    codes = ("6404.11.00.00", "6404.19.10.00", "6404.19.90.00")
    assert one(shoes, "6404.19.90.00").beside == tuple(sorted(shoes[c].pk for c in codes))


def test_a_line_that_is_alone_under_its_branch_is_compared_with_those_of_the_next(shoes):
    PartidaArancelaria.objects.filter(item_no__startswith="6404.19").delete()
    codes = ("6404.11.00.00", "6404.20.00.00")
    assert one(shoes, "6404.11.00.00").beside == tuple(sorted(shoes[c].pk for c in codes))


def test_known_are_the_nearest_approved_keywords_of_each_language(shoes, monkeypatch):
    monkeypatch.setattr(items, "MOST_KNOWN", 2)
    line = shoes["6404.11.00.00"]
    keyword(line, "rechazada", status="rejected")
    keyword(line, "pendiente", status="pending")
    for text in ("tenis", "zapatillas", "zapatos"):
        keyword(line, text)
    keyword(line, "sneakers", "en")
    assert one(shoes, "6404.11.00.00").known == ("tenis", "zapatillas", "sneakers")


def test_what_an_answer_depends_on_does_not_change_with_the_keywords(shoes):
    before = one(shoes, "6404.11.00.00").canonical()
    keyword(shoes["6404.11.00.00"], "tenis")
    assert one(shoes, "6404.11.00.00").canonical() == before


@pytest.mark.parametrize("code", ["6404.19.90.00", "6404.19", "6404.19.10.00", "6404.11.00.00"])
def test_what_an_answer_depends_on_changes_with_the_texts_around_the_line(shoes, code):
    before = one(shoes, "6404.19.90.00").canonical()
    PartidaArancelaria.objects.filter(item_no=code).update(descripcion="Los demás de lona")
    assert one(shoes, "6404.19.90.00").canonical() != before


def test_a_sibling_is_told_once(shoes):
    told = one(shoes, "6404.19.90.00").canonical()
    assert told["siblings"] == []
    assert "Cubrecalzado con suela de plástico" in told["left_over_from"]


def test_siblings_are_bounded_in_number_and_length():
    rows = [("9999", None, "Cosas")]
    rows += [(f"9999.10.{n:02d}.00", "9999", f"Cosa {n} " + "larga " * 100) for n in range(60)]
    found = one(lines.make(rows), "9999.10.00.00")
    assert len(found.siblings) == items.MOST_BESIDE
    assert max(map(len, found.siblings)) <= items.LONGEST_BESIDE
    assert found.siblings[0].endswith("larga")


def test_the_order_is_that_of_the_ids_and_an_unknown_one_is_left_out(shoes):
    last, first = shoes["6404.20.00.00"].pk, shoes["6404.11.00.00"].pk
    assert [found.pk for found in items_of([last, 10**9, first])] == [last, first]


def test_a_circle_made_by_hand_ends(shoes):
    top, branch = shoes["6404"], shoes["6404.1"]
    PartidaArancelaria.objects.filter(pk=top.pk).update(parent=branch)
    assert one(shoes, "6404.11.00.00").ancestors == (
        "Calzado con suela de caucho", "Calzado de uso corriente",
    )  # fmt: skip
