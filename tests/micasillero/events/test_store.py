"""From raw batches to events: once, whole, and the rest in peace."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from micasillero.events.intake import accept
from micasillero.events.models import Event, RawBatch, RejectedEvent
from micasillero.events.store import Fenced, Stored, replay, work_off
from tests.support.events import declaration, event

pytestmark = pytest.mark.django_db
LEASE = timedelta(seconds=90)


def quiet(events):
    return 0


def claimed(*told):
    return RawBatch.claim(accept("web", told).batch.pk, LEASE)


def spoil(batch, index, **values):
    """As an older version might have left it."""
    batch.events[index] |= values
    batch.save(update_fields=["events"])


def test_each_event_gets_a_row():
    shown = event(type="impression", query="tenis", codes=["6404.11", "6404.19"])
    chosen = event(type="selection", query="tenis", code="6404.19", rank=2)
    declared = declaration("dos pares de tenis", code="6404.19", value="49.90")
    batch = claimed(event(), shown, chosen, declared)
    assert work_off(batch, quiet) == Stored(4, 0, 0)
    search, impression, selection, declaration_row = Event.objects.order_by("id")
    assert (search.query, search.results) == ("tenis para correr", 3)
    assert impression.codes == ["6404.11", "6404.19"]
    assert (selection.code, selection.rank) == ("6404.19", 2)
    assert str(declaration_row.value) == "49.90"
    assert {row.client for row in Event.objects.all()} == {"web"}


def test_whoever_raises_alerts_is_told_the_numbers_of_the_rows():
    told = []

    def alerting(events):
        told.extend(events)
        return 0

    work_off(claimed(event(), declaration("un par de tenis"), event()), alerting)
    assert {e.pk: e.event_id for e in told} == dict(Event.objects.values_list("pk", "event_id"))
    assert len(told) == 3


def test_the_batch_tells_what_became_of_it():
    batch = claimed(event(), event())
    work_off(batch, lambda events: len(events))
    batch.refresh_from_db()
    assert (batch.state, batch.stored, batch.alerts) == ("stored", 2, 2)
    assert batch.lease_expires_at is None


def test_one_of_many_gets_the_batch():
    number = accept("web", [event()]).batch.pk
    assert RawBatch.claim(number, LEASE)
    assert RawBatch.claim(number, LEASE) is None


def test_whose_lease_ran_out_stores_nothing():
    slow = claimed(event())
    RawBatch.objects.update(lease_expires_at=timezone.now() - LEASE)
    quick = RawBatch.claim(slow.pk, LEASE)
    with pytest.raises(Fenced):
        work_off(slow, quiet)
    assert not Event.objects.exists()
    assert work_off(quick, quiet).stored == 1


def test_a_stored_batch_is_claimed_by_nobody():
    batch = claimed(event())
    work_off(batch, quiet)
    assert RawBatch.claim(batch.pk, LEASE) is None


@pytest.mark.parametrize(
    "poison", [{"type": "click"}, {"occurred_at": "soon"}, {"value": "much"}, {"colour": "red"}]
)
def test_what_cannot_be_read_becomes_a_dead_letter(poison):
    batch = claimed(event(), event())
    spoil(batch, 0, **poison)
    assert work_off(batch, quiet) == Stored(1, 1, 0)
    dead = RejectedEvent.objects.get()
    assert (dead.batch_id, dead.state, dead.event) == (batch.pk, "dead", batch.events[0])
    assert dead.error_code
    assert "Traceback" in dead.traceback


def test_an_event_that_is_no_object_becomes_a_dead_letter():
    batch = claimed(event(), event())
    batch.events[1] = "nonsense"
    batch.save()
    assert work_off(batch, quiet) == Stored(1, 1, 0)


def test_what_the_rules_break_on_becomes_a_dead_letter():
    def breaks(events):
        if any(one.query == "bad" for one in events):
            raise ValueError("this query breaks the rules")
        return len(events)

    batch = claimed(event(), event(query="bad"), event())
    assert work_off(batch, breaks) == Stored(2, 1, 2)
    assert RejectedEvent.objects.get().event["query"] == "bad"
    assert Event.objects.count() == 2


def test_a_batch_whose_rules_fail_for_another_reason_is_not_stored():
    def breaks(events):
        raise RuntimeError("no rules today")

    batch = claimed(event())
    with pytest.raises(RuntimeError):
        work_off(batch, breaks)
    assert not Event.objects.exists()


def rejected(**poison):
    batch = claimed(event())
    spoil(batch, 0, **poison)
    work_off(batch, quiet)
    return RejectedEvent.objects.get()


def mended(dead):
    dead.event.pop("colour")
    dead.save()
    return dead


def test_a_replay_stores_what_can_be_stored_now():
    dead = mended(rejected(colour="red"))
    assert replay(dead, quiet)
    dead.refresh_from_db()
    assert dead.state == "replayed"
    assert Event.objects.get().event_id == dead.event["event_id"]


def test_a_second_replay_stores_nothing_more():
    dead = mended(rejected(colour="red"))
    replay(dead, quiet)
    assert replay(dead, quiet)
    assert Event.objects.count() == 1


def test_a_replay_that_fails_again_stays_a_dead_letter():
    dead = rejected(colour="red")
    assert not replay(dead, quiet)
    dead.refresh_from_db()
    assert dead.state == "dead"
    assert not Event.objects.exists()


def test_what_was_discarded_is_not_replayed():
    dead = mended(rejected(colour="red"))
    assert dead.discard()
    assert not replay(dead, quiet)
    assert not Event.objects.exists()
    assert not dead.discard()


def test_a_dead_batch_waits_again_after_a_replay():
    batch = claimed(event())
    assert batch.give_up("lost", "Nobody survived it.")
    batch.refresh_from_db()
    assert RawBatch.claim(batch.pk, LEASE) is None
    assert batch.replay()
    assert not batch.replay()
    again = RawBatch.claim(batch.pk, LEASE)
    assert again.attempts == 1
    assert work_off(again, quiet).stored == 1


def test_a_discarded_batch_stays_so():
    batch = claimed(event())
    batch.give_up("lost", "Nobody survived it.")
    assert batch.discard()
    assert not batch.replay()


def test_what_the_database_refuses_of_one_is_refused_of_one():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite stores what is too long for its column.")
    batch = claimed(event(), event(), event())
    spoil(batch, 1, code="8" * 30)
    assert work_off(batch, quiet) == Stored(2, 1, 0)
    assert RejectedEvent.objects.get().error_code == "DataError"
