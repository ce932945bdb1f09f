"""Words, accents and the light stem, as the embedded engine sees them."""

import pytest

from micasillero.analysis import (
    fold,
    forms,
    phrase_key,
    query_words,
    sound,
    stem,
    terms,
)


@pytest.mark.parametrize(
    ("text", "folded"), [("Caña", "cana"), ("PIÑA", "pina"), ("útil", "util"), ("abc", "abc")]
)
def test_folding_takes_case_and_accents(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zapato", "zapatos"),
        ("camisa", "camisas"),
        ("azucar", "azucares"),
        ("tejido", "tejidos"),
        ("lapiz", "lapices"),
        ("televisor", "televisores"),
        ("electrico", "electrica"),
    ],
)
def test_number_and_gender_have_one_stem(one, other):
    assert stem(one) == stem(other)


def test_a_plural_of_a_word_in_es_keeps_it():
    assert stem("meses") == "mes"


@pytest.mark.parametrize(("one", "other"), [("tejidos", "tejas"), ("calzado", "calzas")])
def test_different_words_keep_different_stems(one, other):
    assert stem(one) != stem(other)


def test_short_words_are_left_alone():
    assert [stem(word) for word in ("sal", "mesa", "luz")] == ["sal", "mesa", "luz"]


def test_words_with_a_meaning_in_a_tariff_stay():
    assert terms("De la carne, sin huesos; no cocida") == ["carn", "sin", "hues", "no", "cocid"]


def test_a_number_with_a_point_is_one_word():
    assert terms("Pilas de 1.5 V, 0,5 l") == ["pil", "1.5", "v", "0,5", "l"]


def test_accents_go_before_the_stem_so_that_short_words_meet():
    assert terms("maíz café") == terms("maiz cafe")


@pytest.mark.parametrize(
    ("one", "other"),
    [("vaso", "vasos"), ("toy", "toys"), ("battery", "batteries"), ("knife", "knives"),
     ("shoe", "shoes"), ("luz", "luces"), ("hat", "hats"), ("dress", "dresses")],
)  # fmt: skip
def test_singular_and_plural_of_both_languages_have_a_form_in_common(one, other):
    assert set(forms(one)) & set(forms(other))


def test_no_plural_is_made_that_another_word_is_stemmed_as():
    """Neither language says "sillaes", which would be stemmed as "sillao" is."""
    assert stem("sillao") not in forms("silla")
    assert stem("relojes") in forms("reloj")


def test_a_number_has_no_plural():
    assert forms("6205") == ("6205",)


def test_a_query_is_the_words_that_say_something():
    assert query_words("Zapatos para la niña, for the girl") == ["zapatos", "nina", "girl"]
    assert query_words("de la") == ["de", "la"]


def test_a_phrase_is_the_same_in_any_order():
    assert (
        phrase_key("control remoto de tv") == phrase_key("tv control remoto") == "control remot tv"
    )


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("bestir", "vestir"), ("sapato", "zapato"), ("ueso", "hueso"), ("kafe", "cafe"),
     ("chanpu", "champu"), ("yave", "llave"), ("jirafa", "girafa")],
)  # fmt: skip
def test_what_sounds_alike_has_one_sound(wrong, right):
    assert sound(wrong) == sound(right)
