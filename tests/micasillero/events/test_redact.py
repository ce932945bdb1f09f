from datetime import timedelta

import pytest
from django.utils import timezone

from micasillero.events import redact as redacting
from micasillero.events.models import Event
from micasillero.events.redact import redact

pytestmark = pytest.mark.django_db

OLD = timedelta(days=40)


@pytest.fixture
def event():
    def make(age=OLD, **fields):
        at = timezone.now() - age
        told = {"type": "declaration", "person": "p", "session": "s", "network": "n"} | fields
        return Event.objects.create(occurred_at=at, received_at=at, client="web", **told)

    return make


def redacted(report=lambda n: None, should_stop=lambda: False):
    before = timezone.now() - timedelta(days=30)
    return redact(before, report=report, should_stop=should_stop)


def test_an_old_event_no_longer_says_who_and_still_says_what(event):
    row = event(description="Camisas de Ana", code="6109.10.00.00", query="camisas", value=12)
    assert redacted() == 1
    row.refresh_from_db()
    assert (row.person, row.session, row.network, row.description) == ("", "", "", "")
    assert (row.type, row.code, row.query, row.value) == (
        "declaration", "6109.10.00.00", "camisas", 12,
    )  # fmt: skip


def test_a_young_event_stays_as_it_is(event):
    row = event(age=timedelta(days=29), description="Camisas")
    assert redacted() == 0
    row.refresh_from_db()
    assert (row.person, row.description) == ("p", "Camisas")


@pytest.mark.parametrize("known", ["person", "session", "network", "description"])
def test_each_of_them_alone_is_emptied(event, known):
    nobody = dict.fromkeys(("person", "session", "network"), "")
    event(**nobody)
    event(**{**nobody, known: "x"})
    assert redacted() == 1
    assert not Event.objects.personal().exists()


def test_it_goes_by_small_steps_and_says_how_far_it_is(event, monkeypatch):
    monkeypatch.setattr(redacting, "STEP", 2)
    for _ in range(5):
        event()
    told = []
    assert redacted(report=told.append) == 5
    assert told == [2, 4, 5]


def test_it_stops_when_asked_and_keeps_what_is_done(event, monkeypatch):
    monkeypatch.setattr(redacting, "STEP", 2)
    for _ in range(5):
        event()
    asked = iter([False, True])
    assert redacted(should_stop=lambda: next(asked)) == 2
    assert Event.objects.personal().count() == 3


def test_without_events_there_is_nothing_to_do():
    assert redacted() == 0
