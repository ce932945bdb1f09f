"""The verdict on each suggestion, by what is told of the line."""

import pytest

from micasillero.generation.filters import judge
from micasillero.generation.known import Known
from micasillero.generation.roundtrip import Trip
from micasillero.keywords.reasons import Reason

from .lines import item, said

LEFTOVER = item(description="Los demás", left_over_from=("Calzado de tenis, botas de lluvia",))
UNKNOWN = Known()


def first(item, keyword):
    return Trip(1, 3)


def verdict(text, line=None, known=UNKNOWN, round_trip=first, language="es"):
    (judged,) = judge(line or item(), said(text, language=language), known, round_trip)
    assert judged.evidence["reasons"] == list(judged.reasons)
    return judged.verdict, *judged.reasons


def test_a_new_word_for_the_goods_passes_with_its_round_trip():
    (judged,) = judge(item(), said(" Zapatillas. "), Known(), first)
    assert (judged.text, judged.language, judged.verdict) == ("zapatillas", "es", "passed")
    assert judged.evidence == {"reasons": [], "round_trip": {"rank": 1, "of": 3}}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x", "too_short"),
        ("zapatillas " * 6, "too_long"),
        ("<b>zapatillas</b>", "not_plain"),
        ("https://nike.com", "address"),
        ("llame al 9988-7766", "personal_data"),
        ("6404.11", "code"),
        ("accesorios", "says_nothing"),
    ],
)
def test_what_is_no_keyword_by_its_form_is_dropped(text, reason):
    assert verdict(text) == ("dropped", reason)


def test_what_was_dropped_makes_no_round_trip():
    def unasked(item, keyword):
        raise AssertionError(keyword)

    assert verdict("6404.11", round_trip=unasked) == ("dropped", "code")


@pytest.mark.parametrize("text", ["calzado de tenis", "suelas", "CALZADOS", "calzado con caucho"])
def test_what_the_text_of_the_line_or_above_it_has_in_some_form_is_dropped(text):
    assert verdict(text) == ("dropped", "in_text")


def test_a_word_under_five_letters_is_the_same_in_its_plural():
    assert verdict("vaso", item(description="Vasos")) == ("dropped", "in_text")


def test_the_same_words_twice_in_an_answer_are_kept_once():
    judged = judge(item(), said("zapatilla de lona", "Lona zapatillas"), Known(), first)
    assert [one.verdict for one in judged] == ["passed", "dropped"]
    assert judged[1].reasons == ("repeated",)


@pytest.mark.parametrize(
    ("status", "reason"),
    [("approved", "known"), ("pending", "known"), ("snoozed", "known"), ("rejected", "rejected")],
)
def test_a_keyword_that_the_line_has_or_was_refused_is_dropped(status, reason):
    known = Known(statuses={1: {"zapatill": status}})
    assert verdict("zapatillas", known=known) == ("dropped", reason)
    assert verdict("zapatillas", item(pk=2), known) == ("passed",)


EXCLUDING = item(exclusions=("excepto el de la partida 64.05 y las botas de lluvia",))


@pytest.mark.parametrize("text", ["botas", "bota de lluvia", "calzado de lluvia"])
def test_what_an_excepto_clause_takes_out_is_dropped(text):
    assert verdict(text, EXCLUDING) == ("dropped", "excluded")


def test_a_word_of_an_excepto_clause_among_others_is_doubtful():
    assert verdict("zapatilla de lluvia", EXCLUDING) == ("doubtful", "partly_excluded")


def test_a_word_of_the_clause_that_the_line_has_itself_is_no_fault():
    line = item(exclusions=("excepto el calzado de lluvia",))
    assert verdict("calzado burro", line) == ("passed",)


@pytest.mark.parametrize("text", ["tenis", "calzado de tenis", "bota de lluvia"])
def test_a_leftover_line_does_not_get_what_its_siblings_say(text):
    assert verdict(text, LEFTOVER) == ("dropped", "sibling")


def test_a_sibling_s_word_among_others_is_doubtful_for_a_leftover_line():
    assert verdict("sandalia de lluvia", LEFTOVER) == ("doubtful", "partly_sibling")


def test_a_line_that_is_named_may_share_words_with_its_siblings():
    line = item(siblings=("Botas de lluvia",))
    assert verdict("zapatilla de lluvia", line) == ("passed",)


def at(*headings):
    return Known(headings={"zapatillas": frozenset(headings)})


def test_a_keyword_of_too_many_headings_is_dropped(settings):
    settings.GENERATION_MOST_HEADINGS = 2
    assert verdict("zapatillas", known=at("6404", "6402")) == ("passed",)
    assert verdict("zapatillas", known=at("6402", "6403")) == ("dropped", "many_headings")


def test_a_keyword_of_other_headings_alone_is_doubtful():
    assert verdict("zapatillas", known=at("6402")) == ("doubtful", "other_heading")


def test_the_other_language_is_doubtful():
    assert verdict("zapatillas for kids") == ("doubtful", "other_language")


def second(item, keyword):
    return Trip(2, 3)


def test_a_keyword_that_brings_another_line_first_is_doubtful_and_says_where_its_own_came():
    (judged,) = judge(item(), said("zapatillas"), Known(), second)
    assert (judged.verdict, judged.reasons) == ("doubtful", ("round_trip",))
    assert judged.evidence["round_trip"] == {"rank": 2, "of": 3}


def test_how_many_may_come_first_is_a_setting_but_not_for_what_is_left_over(settings):
    settings.GENERATION_ROUND_TRIP_FIRST = 2
    assert verdict("zapatillas", round_trip=second) == ("passed",)
    assert verdict("sandalias", LEFTOVER, round_trip=second) == ("doubtful", "round_trip")


def test_without_a_round_trip_none_is_made():
    assert verdict("zapatillas", round_trip=None) == ("passed",)


def test_every_doubt_is_told():
    assert verdict("shoes for lluvia", EXCLUDING, at("6402"), second) == (
        "doubtful", "partly_excluded", "other_language", "round_trip",
    )  # fmt: skip


def test_each_reason_has_words_for_a_person():
    assert all(str(reason.label) and reason.label != reason.value for reason in Reason)
