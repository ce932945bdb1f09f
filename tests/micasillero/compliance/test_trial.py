"""A rule tried on the events of the last days, before it is saved."""

from datetime import timedelta

import pytest
from django.utils import timezone

from micasillero.compliance import trial
from micasillero.compliance.models import Alert, Rule
from micasillero.compliance.trial import try_out
from micasillero.events.models import Event

pytestmark = pytest.mark.django_db


def happened(text, kind="search", **fields):
    now = timezone.now()
    place = "description" if kind == "declaration" else "query"
    told = {"client": "web", "occurred_at": now, "received_at": now, place: text, **fields}
    return Event.objects.create(event_id=text[:60], type=kind, **told)


def wanted(patterns="pistolas?", **fields):
    return Rule(patterns=patterns, **fields)


def test_it_counts_what_the_rule_would_have_found():
    for text in ("pistola de agua", "tenis", "Pistolas Glock"):
        happened(text)
    told = try_out(wanted(exceptions="pistola de agua"))
    assert (told.looked_at, told.found, told.cut) == (3, 1, False)
    assert [(each.text, each.found) for each in told.examples] == [("Pistolas Glock", "pistolas")]


def test_the_newest_come_first_and_not_all_of_them(monkeypatch):
    monkeypatch.setattr(trial, "SHOWN", 2)
    for number in range(4):
        happened(f"pistola {number}")
    told = try_out(wanted())
    assert told.found == 4
    assert [each.text for each in told.examples] == ["pistola 3", "pistola 2"]


def test_it_looks_where_the_rule_looks():
    happened("pistola")
    happened("pistola", kind="declaration")
    assert try_out(wanted(in_queries=False)).looked_at == 1
    assert try_out(wanted()).looked_at == 2


def test_what_was_shown_or_chosen_is_not_looked_at():
    happened("pistola", kind="impression")
    happened("pistola", kind="selection")
    assert try_out(wanted()).looked_at == 0


def test_only_the_last_ones_are_looked_at(monkeypatch):
    monkeypatch.setattr(trial, "EVENTS", 2)
    for number in range(3):
        happened(f"tenis {number}")
    assert try_out(wanted()).looked_at == 2


def test_a_kind_that_hardly_ever_comes_is_not_looked_for_in_all_of_them(monkeypatch):
    monkeypatch.setattr(trial, "NEWEST", 2)
    happened("pistola")
    for number in range(3):
        happened(f"x{number}", kind="impression")
    assert try_out(wanted()).looked_at == 0


def test_personal_data_is_not_shown():
    happened("pistola para ana@example.hn", occurred_at=timezone.now() - timedelta(days=1))
    (example,) = try_out(wanted()).examples
    assert "ana@" not in example.text


def test_what_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(trial, "LONGEST_SECONDS", -1.0)
    happened("pistola")
    happened("tenis")
    told = try_out(wanted())
    assert (told.looked_at, told.cut) == (1, True)


def test_nothing_is_written():
    happened("pistola")
    try_out(wanted())
    assert not Alert.objects.exists()
    assert not Rule.objects.filter(patterns="pistolas?").exists()
