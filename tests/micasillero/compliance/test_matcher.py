"""Which rules a text meets."""

import logging

import pytest

from micasillero.compliance import matcher
from micasillero.compliance.matcher import DESCRIPTIONS, QUERIES, Hit, Matcher, Wanted


def one(patterns, exceptions="", **more):
    return Matcher([Wanted(7, patterns, exceptions, **more)])


def found(rules, text):
    return [hit.found for hit in rules.match(text)]


def test_a_hit_names_the_rule_and_the_words():
    assert one("lamparas? azul(?:es)?").match("dos lamparas azules") == [Hit(7, "lamparas azules")]


def test_a_text_that_meets_no_rule_has_no_hit():
    assert one("widget").match("una mesa") == []


@pytest.mark.parametrize("text", ["", " ", "¡!", "•••", "\x00", "\ud800"])
def test_a_text_without_words_has_no_hit(text):
    assert one("widget").match(text) == []


@pytest.mark.parametrize("text", ["widgetal", "miniwidget", "widget2", "9widget", "wid get"])
def test_only_whole_words_are_found(text):
    assert one("widget").match(text) == []


@pytest.mark.parametrize(
    "text",
    ["widget", "(widget)", "un widget.", "widget-azul", "azul/widget", "«widget»", "widget_"],
)
def test_punctuation_ends_a_word(text):
    assert found(one("widget"), text) == ["widget"]


@pytest.mark.parametrize(
    "text", ["Lámpara Azúl", "LAMPARA  azul", "lámpara,\n\tazul", "ＬＡＭＰＡＲＡ azul"]
)
@pytest.mark.parametrize("pattern", ["lámpara azul", "LAMPARA AZUL"])
def test_accents_case_and_spaces_do_not_matter(pattern, text):
    assert found(one(pattern), text) == ["lampara azul"]


@pytest.mark.parametrize(("text", "hits"), [("widget", 1), ("widgets", 0), ("widgetes", 0)])
def test_a_plural_is_found_only_where_it_is_written(text, hits):
    assert len(one("widget").match(text)) == hits
    assert len(one("widget(?:s|es)?").match(text)) == 1


def test_a_number_keeps_its_point():
    assert found(one(r"widget 9\.5"), "Widget, 9.5 mm") == ["widget 9.5"]


def test_several_rules_find_one_text_in_the_order_they_were_given():
    rules = Matcher([Wanted(3, "azul"), Wanted(9, "zorbo"), Wanted(1, "widget"), Wanted(5, "rojo")])
    assert [hit.rule for hit in rules.match("widget azul y rojo")] == [3, 1, 5]


def test_what_an_exception_matches_does_not_count():
    rules = one("widget", "widget de juguete")
    assert rules.match("un widget de juguete") == []


def test_the_same_word_beside_an_exception_counts():
    rules = one("widgets?", "widget de juguete")
    assert found(rules, "un widget de juguete y dos widgets") == ["widgets"]


def test_an_exception_leaves_a_gap():
    rules = one("lampara azul", "zorbo")
    assert rules.match("lampara zorbo azul") == []


def test_an_exception_is_of_its_rule_alone():
    rules = Matcher([Wanted(1, "widget", "widget de juguete"), Wanted(2, "widget")])
    assert [hit.rule for hit in rules.match("widget de juguete")] == [2]


def test_a_rule_looks_only_where_it_should():
    rules = Matcher(
        [
            Wanted(1, "widget", places=frozenset([QUERIES])),
            Wanted(2, "widget", places=frozenset([DESCRIPTIONS])),
            Wanted(3, "widget"),
        ]
    )
    assert [hit.rule for hit in rules.match("widget", QUERIES)] == [1, 3]
    assert [hit.rule for hit in rules.match("widget", DESCRIPTIONS)] == [2, 3]


@pytest.mark.parametrize(
    ("patterns", "exceptions"),
    [("(widget", ""), ("widget", "(azul"), ("# nothing", ""), ("w*", "")],
)
def test_a_rule_that_cannot_be_compiled_is_left_out(caplog, patterns, exceptions):
    with caplog.at_level(logging.ERROR):
        rules = Matcher([Wanted(4, "zorbo"), Wanted(5, patterns, exceptions), Wanted(6, "widget")])
    assert len(rules) == 2
    assert [hit.rule for hit in rules.match("widget zorbo")] == [4, 6]
    assert "Rule 5 is left out" in caplog.text


def test_no_rules_find_nothing():
    assert Matcher([]).match("widget") == []


def test_rules_too_large_for_one_automaton_are_asked_one_by_one(monkeypatch, caplog):
    monkeypatch.setattr(matcher, "SET_MEMORY", 2**10)
    with caplog.at_level(logging.ERROR):
        rules = Matcher(Wanted(n, rf"zorbo{{1,90}} (?:\w+ )?widget{n}") for n in range(40))
    assert "looked at one by one" in caplog.text
    assert [hit.rule for hit in rules.match("zorbo azul widget7, zorbo widget3")] == [3, 7]
    assert rules.match("una mesa") == []


def test_an_automaton_without_an_answer_has_not_found_nothing(monkeypatch):
    # RE2 answers so for a text that needs more states than its memory holds.
    monkeypatch.setattr(matcher, "_automaton", lambda sources: lambda text: [])
    assert one("widget").match("un widget") == [Hit(7, "widget")]
