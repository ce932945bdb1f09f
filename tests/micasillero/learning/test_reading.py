"""Which events count, and in which order they are read."""

from datetime import timedelta

import pytest

from micasillero.events.models import Event
from micasillero.learning import reading
from micasillero.learning.reading import Reading

from .happenings import BOOTS, NOON, SHOES, chose, happened, searched, shown, store

pytestmark = pytest.mark.django_db


def read(since=NOON - timedelta(days=1)):
    return list(Reading(since).observed(lambda done: None))


def people(seen):
    return sorted({one.person for one in seen})


def test_what_happened_before_does_not_count():
    store([shown(SHOES, person="a", day=-2), shown(SHOES, person="b")])
    assert people(read()) == ["b"]


def test_a_client_of_the_setting_does_not_count(settings):
    settings.LEARNING_IGNORED_CLIENTS = ["our tests"]
    store([shown(SHOES, person="a")], client="our tests")
    store([shown(SHOES, person="b")])
    assert people(read()) == ["b"]


def test_declarations_are_not_read():
    store([happened("declaration", query=""), shown(SHOES)])
    assert Reading(NOON).total == 1


@pytest.mark.parametrize("whose", [{"person": "robot"}, {"session": "robot"}])
def test_who_asks_more_often_in_a_minute_than_a_person_can_does_not_count(settings, whose):
    settings.LEARNING_MOST_PER_MINUTE = 3
    quick = [searched("x", minutes=n / 10, **whose) for n in range(4)]
    slow = [searched("x", minutes=n, person="b") for n in range(4)]
    store([*quick, *slow, shown(SHOES, day=1, **whose), shown(SHOES, person="b")])
    assert people(read()) == ["b"]


def test_events_without_a_person_are_not_one_robot(settings):
    settings.LEARNING_MOST_PER_MINUTE = 1
    store([shown(SHOES, person="", session=f"s{n}") for n in range(3)])
    assert len(read()) == 3


def test_pages_are_told_and_nothing_between_them_is_lost(monkeypatch):
    monkeypatch.setattr(reading, "PAGE", 2)
    store([shown(SHOES, session=f"s{n}") for n in range(5)])
    told = []
    assert len(list(Reading(NOON).observed(told.append))) == 5
    assert told == [2, 4, 5]


def test_a_selection_that_was_stored_before_its_impression_finds_it():
    store([chose(SHOES, rank=2, minutes=1), shown(BOOTS, SHOES)])
    assert [(one.rank, one.chosen) for one in read()] == [(1, False), (2, True)]


def test_what_is_stored_meanwhile_waits_for_the_next_run():
    store([shown(SHOES, person="a")])
    before = Reading(NOON)
    store([shown(SHOES, person="b")])
    assert people(before.observed(lambda done: None)) == ["a"]
    assert Event.objects.count() == 2
