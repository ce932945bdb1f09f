"""Keywords made of the lexicon's words and the tariff's own."""

import pytest

from micasillero.generation.derived import completed, from_texts


def test_a_word_of_what_stands_above_takes_what_the_line_adds_to_it():
    found = completed("De algodón (incluso peinado), excepto de punto", ["camisa", "blusa"])
    assert list(found) == ["camisa de algodón", "blusa de algodón"]


def test_a_word_that_says_it_already_is_left_alone():
    assert list(completed("De maíz", ["maiz", "harina de maíz", "sémola"])) == ["sémola de maíz"]


def test_only_the_most_usual_words_are_completed():
    assert len(list(completed("De algodón", ["camisa", "blusa", "jersey", "polo"]))) == 3


@pytest.mark.parametrize(
    "own",
    ["Los demás", "Camisas", "De lana, seda o lino", "De algodón o lino", "Con poli(cloruro)"],
)
def test_a_text_that_names_goods_or_a_list_adds_nothing(own):
    assert list(completed(own, ["camisa"])) == []


def test_a_line_without_words_is_called_what_it_and_its_branch_say():
    above = ["Máquinas herramienta de metal, incluso las de taladrar", "Los demás hornos:"]
    assert list(from_texts("Hornos de pan", above)) == ["hornos de pan", "hornos"]
    assert list(from_texts("De gas", above)) == ["hornos de gas", "hornos"]
    assert list(from_texts("Los demás", above)) == ["hornos"]


def test_long_texts_and_lists_are_called_nothing():
    assert (
        list(from_texts("Otros", ["Tornos; cabrestantes", "Aparatos para la preparación de x"]))
        == []
    )
