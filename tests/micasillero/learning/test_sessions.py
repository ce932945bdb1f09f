"""From events to what each person saw and chose."""

from datetime import timedelta

from micasillero.learning import sessions
from micasillero.learning.sessions import observed

from .happenings import BOOTS, NOON, SHOES, TV, chose, searched, shown

SOON = timedelta(minutes=10)


def told(*events):
    """(query, code, rank, chosen) of each line that somebody saw."""
    return [(one.query, one.code, one.rank, one.chosen) for one in observed(events, SOON)]


def test_a_choice_is_joined_to_what_was_shown():
    assert told(shown(BOOTS, SHOES), chose(SHOES, rank=2)) == [
        ("tenis nike", "6402910000", 1, False),
        ("tenis nike", "6404110000", 2, True),
    ]


def test_capitals_and_accents_do_not_keep_them_apart_and_what_was_written_is_kept():
    seen = list(observed([shown(SHOES, query="Café"), chose(SHOES, query="CAFE")], SOON))
    assert [(one.query, one.chosen, one.written) for one in seen] == [("cafe", True, "Café")]


def test_a_choice_without_its_impression_counts_its_own_place_as_shown():
    assert told(chose(SHOES, rank=7)) == [("tenis nike", "6404110000", 7, True)]


def test_what_was_shown_to_another_session_is_not_what_was_chosen_from():
    assert told(shown(BOOTS, session="a"), chose(SHOES, rank=2, session="b")) == [
        ("tenis nike", "6404110000", 2, True),
        ("tenis nike", "6402910000", 1, False),
    ]


def test_a_code_is_no_word_and_does_not_count_for_its_place():
    assert told(shown(SHOES, query="6404.11"), chose(SHOES, query="6404.11")) == []


def follow(*events):
    return [(query, code) for query, code, _rank, chosen in told(*events) if chosen]


FOUND = (shown(SHOES, minutes=1), chose(SHOES, minutes=2))


def test_a_success_counts_for_the_words_that_found_nothing_before_it():
    assert follow(searched("burros"), *FOUND) == [
        ("tenis nike", "6404110000"),
        ("burros", "6404110000"),
    ]


def test_it_counts_for_all_words_that_were_tried_in_vain_each_once():
    found = follow(searched("burros"), searched("championes"), searched("burros"), *FOUND)
    assert sorted(query for query, _code in found) == ["burros", "championes", "tenis nike"]


def test_what_was_shown_then_and_not_chosen_counts_against_those_words():
    seen = told(searched("burros"), shown(BOOTS, SHOES), chose(SHOES, rank=2))
    assert ("burros", "6402910000", 1, False) in seen


def test_it_is_told_that_the_words_found_nothing():
    seen = observed([searched("burros"), *FOUND], SOON)
    assert {one.query: one.after_nothing for one in seen} == {"burros": True, "tenis nike": False}


def test_after_the_time_of_the_setting_it_is_another_matter():
    late = [event._replace(occurred_at=NOON + timedelta(minutes=11)) for event in FOUND]
    assert follow(searched("burros"), *late) == [("tenis nike", "6404110000")]


def test_after_the_success_the_next_search_is_another_matter():
    tv = (shown(TV, query="tele", minutes=3), chose(TV, query="tele", minutes=4))
    assert ("burros", "8528720000") not in follow(searched("burros"), *FOUND, *tv)


def test_a_search_that_found_something_was_not_in_vain():
    assert follow(searched("burros", results=3), *FOUND) == [("tenis nike", "6404110000")]


def test_a_search_of_another_session_is_nobody_s_first_try():
    assert follow(searched("burros", session="b"), *FOUND) == [("tenis nike", "6404110000")]


def test_a_choice_without_impression_counts_for_the_words_in_vain_too():
    assert follow(searched("burros"), chose(SHOES, rank=2)) == [
        ("tenis nike", "6404110000"),
        ("burros", "6404110000"),
    ]


def test_little_is_held_and_what_comes_too_late_counts_by_itself(monkeypatch):
    monkeypatch.setattr(sessions, "MOST_OPEN", 1)
    events = [shown(BOOTS, SHOES), shown(TV, query="tele", session="b"), chose(SHOES, rank=2)]
    assert told(*events) == [
        ("tenis nike", "6402910000", 1, False),
        ("tenis nike", "6404110000", 2, False),
        ("tenis nike", "6404110000", 2, True),
        ("tele", "8528720000", 1, False),
    ]


def test_of_many_sessions_in_vain_the_oldest_is_forgotten(monkeypatch):
    monkeypatch.setattr(sessions, "MOST_OPEN", 1)
    events = [searched("burros"), searched("x", session="b"), *FOUND]
    assert follow(*events) == [("tenis nike", "6404110000")]


def test_days_are_those_of_honduras():
    (seen,) = observed([shown(SHOES)._replace(occurred_at=NOON + timedelta(hours=11))], SOON)
    assert seen.day == NOON.date()
