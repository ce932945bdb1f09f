"""From words to weighed terms; the index is a table of frequencies."""

import pytest

from micasillero.search.intent import Hit
from micasillero.search.ranking import (
    ATTRIBUTE_WEIGHT,
    CORRECTED_WEIGHT,
    PURPOSE_WEIGHT,
    rarity,
    spread,
)
from micasillero.search.weighing import wanted


class Index:
    """As much of an engine as weighing asks."""

    def __init__(self, documents=1000, **having):
        self.documents, self.having = documents, having

    def frequencies(self, target, terms):
        return self.documents, {term: self.having.get(term, 0) for term in terms}

    def alike(self, target, terms):
        return {term: list(self.having.items()) for term in terms}


def asked(text, **having):
    return wanted(text, Index(**having), "index")


def test_a_rare_word_weighs_more_than_a_common_one():
    first, second = asked("foco carro", foco=10, carr=500).groups
    assert first["foco"] > second["carr"] > 0


def test_a_word_stands_under_its_singular_and_its_plural():
    (group,) = asked("vasos", vaso=10, vas=5).groups
    assert set(group) == {"vaso", "vas"}


def test_a_form_that_few_lines_have_says_no_more_than_the_word_as_written():
    (group,) = asked("vaso", vaso=900, vas=1).groups
    assert group["vaso"] == group["vas"] == pytest.approx(rarity(1000, 900))


def test_a_form_that_many_lines_have_takes_nothing_from_the_word_as_written():
    """Legs are usual, Lego is not."""
    (group,) = asked("lego", lego=5, leg=800).groups
    assert group["lego"] == pytest.approx(rarity(1000, 5))
    assert group["leg"] == pytest.approx(rarity(1000, 800))


@pytest.mark.parametrize("mark", ["para", "for", "compatible con"])
def test_what_the_goods_are_for_weighs_half(mark):
    lamp, car = asked(f"foco {mark} carro", foco=10, carr=10).groups
    assert car["carr"] == pytest.approx(PURPOSE_WEIGHT * lamp["foco"])


def test_a_purpose_in_two_words_weighs_half_when_joined_too():
    *_, joined = asked("case for air fryer", case=10, air=10, fryer=10, airfryer=10).groups
    assert joined["airfryer"] == pytest.approx(PURPOSE_WEIGHT * rarity(1000, 10))


def test_a_word_before_the_mark_keeps_its_weight_when_it_comes_again():
    (foco, carro) = asked("foco para foco carro", foco=10, carr=10).groups
    assert carro["carr"] == pytest.approx(PURPOSE_WEIGHT * foco["foco"])


def test_a_query_that_begins_with_the_mark_says_what_the_goods_are():
    (group,) = asked("para carro", carr=10).groups
    assert group["carr"] == pytest.approx(rarity(1000, 10))


def test_small_words_are_left_out():
    assert len(asked("vaso de la casa", vaso=1, casa=1, de=900).groups) == 2


def test_a_colour_or_a_size_weighs_little():
    (black, shoe) = asked("black shoe", black=10, shoe=10).groups
    assert black["black"] == pytest.approx(ATTRIBUTE_WEIGHT * shoe["shoe"])


def test_a_colour_is_known_in_each_of_its_forms():
    (red, shoe) = asked("rojas shoe", roj=10, roja=10, shoe=10).groups
    assert red["roja"] == pytest.approx(ATTRIBUTE_WEIGHT * shoe["shoe"])


@pytest.mark.parametrize("word", ["blk", "10", "rojas"])
def test_an_attribute_that_no_line_has_is_left_out_without_a_word(word):
    found = asked(f"shoe {word}", shoe=10, bulk=50)
    assert (found.words, found.changed) == (("shoe",), False)


def test_an_unknown_word_is_put_right_and_said_so():
    found = asked("bestir", vestir=10)
    (group,) = found.groups
    assert group["vestir"] == pytest.approx(rarity(1000, 10) * CORRECTED_WEIGHT * (1 - 1 / 6))
    assert found.changed


def test_a_rare_spelling_is_also_what_sounds_the_same_and_is_far_more_usual():
    found = asked("calsetin", calsetin=2, calcetin=60, calentin=90)
    (group,) = found.groups
    assert set(group) == {"calsetin", "calcetin"}
    assert group["calcetin"] == pytest.approx(rarity(1000, 60) * CORRECTED_WEIGHT)
    assert not found.changed


def test_a_usual_word_is_taken_as_it_is_written():
    (group,) = asked("vaca", vaca=50, baca=900).groups
    assert set(group) == {"vaca"}


def test_a_word_that_nothing_is_like_is_left_out_and_said_so():
    found = asked("xilofono vaso", vaso=5)
    assert len(found.groups) == 1
    assert found.changed


def test_two_words_are_also_tried_as_one():
    groups = asked("air fryer", air=50, fryer=5, airfryer=3).groups
    assert {"airfryer"} in [set(group) for group in groups]


def test_phrases_are_all_that_the_words_may_name_in_any_order():
    found = asked("fryer air", air=50, fryer=5)
    assert set(found.phrases) == {"air", "fryer", "air fryer"}
    whole = sum(next(iter(group.values())) for group in found.groups)
    assert found.phrases["air fryer"] == pytest.approx(whole)


def test_a_long_query_stays_small():
    words = [f"word{n}x" for n in range(40)]
    found = asked(" ".join(words), **dict.fromkeys(words, 1))
    assert len(found.groups) <= 12
    assert len(found.phrases) <= 256


def hit(code):
    return Hit(code, "", 1.0, "ALLOWED", {})


def test_two_lines_of_a_subheading_come_before_the_others():
    codes = ["6404.11.10.00", "6404.11.20.00", "6404.11.30.00", "6405.20.00.00"]
    told = [h.code for h in spread([hit(code) for code in codes], 4)]
    assert told == ["6404.11.10.00", "6404.11.20.00", "6405.20.00.00", "6404.11.30.00"]
