"""Which events are taken in, and in what form they are kept."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from micasillero.events.intake import accept
from micasillero.events.models import EventKey, RawBatch
from tests.support.events import declaration, event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def kept(told):
    return RawBatch.objects.get(pk=told.batch.pk).events


def refusal(**fields):
    told = accept("web", [event(**fields)])
    assert (told.accepted, told.batch) == (0, None)
    ((index, sentence),) = told.rejected
    assert index == 0
    return sentence


def test_a_batch_is_kept_as_one_row():
    told = accept("web", [event(), event()])
    assert (told.accepted, told.duplicates, told.rejected) == (2, 0, [])
    row = RawBatch.objects.get()
    assert (row.client, row.size, row.state) == ("web", 2, "waiting")


def test_nobody_is_named_in_it():
    told = accept("web", [event(client_id="ana lópez", session="cookie-1", address="190.4.3.2")])
    (one,) = kept(told)
    assert not {"ana lópez", "cookie-1", "190.4.3.2"} & set(map(str, one.values()))
    assert all(len(one[name]) == 22 for name in ("person", "session", "network"))


def test_a_visitor_without_a_number_is_known_by_the_session():
    (one,) = kept(accept("web", [event(client_id=None)]))
    assert one["person"] == one["session"]


def test_one_person_is_the_same_in_every_session():
    one, other = kept(accept("web", [event(session="a"), event(session="b")]))
    assert one["person"] == other["person"]
    assert one["session"] != other["session"]


def test_neighbours_share_a_network():
    addresses = ("190.4.3.2", "190.4.3.77", "190.4.4.2")
    one, near, far = kept(accept("web", [event(address=each) for each in addresses]))
    assert one["network"] == near["network"] != far["network"]


def test_what_names_people_in_a_text_is_hidden():
    searched, declared = kept(
        accept("web", [event(query="cel 9988-7766"), declaration("para ana@example.hn")])
    )
    assert (searched["query"], declared["description"]) == ("cel •••", "para •••")


def test_a_tariff_code_is_no_telephone():
    (one,) = kept(accept("web", [event(query="6404.11.00.00")]))
    assert one["query"] == "6404.11.00.00"


def test_the_same_id_counts_once():
    one = event()
    accept("web", [one])
    told = accept("web", [one, event()])
    assert (told.accepted, told.duplicates) == (1, 1)
    assert len(kept(told)) == 1


def test_an_id_repeated_within_a_batch_counts_once():
    one = event()
    told = accept("web", [one, {**one, "query": "otra cosa"}])
    assert (told.accepted, told.duplicates) == (1, 1)
    assert kept(told)[0]["query"] == "tenis para correr"


def test_a_batch_of_duplicates_leaves_no_row():
    one = event()
    accept("web", [one])
    told = accept("web", [one])
    assert (told.accepted, told.duplicates, told.batch) == (0, 1, None)
    assert RawBatch.objects.count() == 1


def test_no_client_takes_the_ids_of_another():
    one = event()
    accept("web", [one])
    assert accept("app", [one]).accepted == 1


def test_what_is_wrong_leaves_its_mates_in_peace():
    told = accept("web", [event(), event(results=-1), "nonsense", event()])
    assert told.accepted == 2
    assert told.rejected == [(1, "results must be at least 0."), (2, "An event must be an object.")]


def test_a_refused_id_may_come_again():
    accept("web", [event(event_id="x", results=-1)])
    assert accept("web", [event(event_id="x")]).accepted == 1
    assert EventKey.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"event_id": ""}, "event_id holds characters that it may not have."),
        ({"event_id": "a b"}, "event_id holds characters that it may not have."),
        ({"event_id": "x" * 65}, "event_id is longer than 64 characters."),
        ({"event_id": 7}, "event_id must be text."),
        ({"session": "  "}, "session is empty."),
        ({"query": ""}, "query is empty."),
        ({"query": "a\x00b"}, "query holds control characters."),
        ({"query": "x" * 201}, "query is longer than 200 characters."),
        ({"results": "3"}, "results must be a whole number."),
        ({"results": 1.5}, "results must be a whole number."),
        ({"results": 10**7}, "results must be at most 1000000."),
        ({"address": "nowhere"}, "address must be an IP address."),
        ({"colour": "red"}, "colour is not a field of this type of event."),
        ({"type": "click"}, "type must be search, impression, selection or declaration."),
        ({"type": None}, "type must be search, impression, selection or declaration."),
        ({"occurred_at": "yesterday"}, "occurred_at must be a date and time"),
        ({"occurred_at": "2026-11-26T09:00:00"}, "occurred_at needs a time zone"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_field(fields, sentence):
    assert refusal(**fields).startswith(sentence)


@pytest.mark.parametrize(
    "field", ["event_id", "session", "query", "results", "occurred_at", "type"]
)
def test_what_is_missing_is_named(field):
    one = event()
    del one[field]
    ((_index, sentence),) = accept("web", [one]).rejected
    assert sentence == f"{field} is missing."


def test_the_future_is_refused():
    later = timezone.now() + timedelta(hours=1)
    assert refusal(occurred_at=later.isoformat()).startswith("occurred_at lies in the future.")


def test_what_would_be_deleted_at_once_is_refused():
    ago = timezone.now() - timedelta(days=91)
    assert refusal(occurred_at=ago.isoformat()).startswith("occurred_at is older")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"type": "impression", "codes": []}, "codes must not be an empty list."),
        ({"type": "impression", "codes": ["1"] * 51}, "codes has more than 50 items."),
        ({"type": "impression", "codes": ["x"]}, "codes.0 holds characters"),
        ({"type": "selection", "code": "6404", "rank": 0}, "rank must be at least 1."),
        ({"type": "selection", "code": "6404"}, "rank is missing."),
        ({"type": "declaration", "description": "x", "value": "1.234"}, "value has more than 2"),
        ({"type": "declaration", "description": "x", "value": -1}, "value must be at least 0."),
    ],
)
def test_each_type_has_fields_of_its_own(fields, sentence):
    query = {} if fields["type"] == "declaration" else {"query": "tenis"}
    assert refusal(**query, **fields).startswith(sentence)
