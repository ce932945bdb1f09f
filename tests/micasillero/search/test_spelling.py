"""Which word was meant."""

import pytest

from micasillero.search.spelling import Vocabulary, begins_like, edits_allowed, nearest

KNOWN = {"vestir": 40, "bestia": 3, "shampu": 9, "zapat": 80, "hues": 4, "nuec": 4}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("bestir", "vestir"), ("chanpu", "shampu"), ("sapat", "zapat"), ("ues", "hues")],
)
def test_what_sounds_the_same_is_meant_though_another_is_as_near(typed, meant):
    assert list(nearest(typed, KNOWN)) == [meant]


def test_nearness_falls_with_the_edits():
    assert nearest("zapta", {"zapat": 1}) == {"zapat": pytest.approx(0.8)}


def test_equally_near_words_are_all_told_the_frequent_first():
    assert list(nearest("cas1", {"casa": 1, "caso": 9})) == ["caso", "casa"]


@pytest.mark.parametrize("typed", ["xyz", "abcdefgh"])
def test_nothing_near_is_nothing(typed):
    assert nearest(typed, KNOWN) == {}


def test_short_words_are_not_guessed_at():
    assert [edits_allowed(term) for term in ("luz", "foco", "lampar", "lampara")] == [0, 1, 1, 2]


def test_a_swap_of_neighbours_is_one_edit():
    assert nearest("fcoo", {"foco": 1}) == {"foco": pytest.approx(0.75)}


def test_a_word_may_begin_with_what_its_first_letter_is_taken_for():
    assert set(begins_like("baca")) == {"b", "v"}
    assert {"s", "c", "z", "x"} <= set(begins_like("sapato"))
    assert "h" in begins_like("ueso")


def test_a_vocabulary_tells_words_of_about_the_length_that_may_begin_so():
    words = Vocabulary([("vestir", 4), ("bestia", 3), ("bar", 9), ("casa", 1)])
    assert sorted(words.about("bestir")) == [("bestia", 3), ("vestir", 4)]
