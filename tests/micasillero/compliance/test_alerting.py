"""From stored events to alerts: once for each person, rule and day."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from micasillero.compliance import live
from micasillero.compliance.alerting import raise_alerts
from micasillero.compliance.models import Alert, Category, Severity
from micasillero.events.models import Event, EventType
from micasillero.personal import HIDDEN

from .rows import rule

pytestmark = pytest.mark.django_db
# Local noon: an hour sooner or later is the same day.
NOON = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
HOUR = timedelta(hours=1)


@pytest.fixture
def zorbo():
    return rule("zorbos?", category=Category.RESTRICTED, severity=Severity.CRITICAL)


def stored(type_, **fields):
    told = {"event_id": "e1", "client": "web", "person": "p1", "occurred_at": NOON}
    row = Event(type=type_, received_at=timezone.now(), **{**told, **fields})
    return Event.objects.bulk_create([row])[0]


def searched(query, **fields):
    return stored(EventType.SEARCH, query=query, **fields)


def declared(description, **fields):
    return stored(EventType.DECLARATION, description=description, **fields)


def test_a_search_raises_an_alert(zorbo):
    event = searched("un zorbo azul")
    (alert,) = raise_alerts([event])
    assert alert == Alert.objects.get()
    assert (alert.rule, alert.severity, alert.category) == (zorbo, 4, "RESTRICTED")
    assert (alert.text, alert.found, alert.count) == ("un zorbo azul", "zorbo", 1)
    assert (alert.client, alert.person, alert.event_type) == ("web", "p1", "search")
    assert (alert.event, alert.last_at, alert.state) == (event, NOON, "open")


def test_a_declaration_raises_one(zorbo):
    (alert,) = raise_alerts([declared("Dos Zorbos")])
    assert (alert.text, alert.found, alert.event_type) == ("Dos Zorbos", "zorbos", "declaration")


@pytest.mark.parametrize("type_", [EventType.IMPRESSION, EventType.SELECTION])
def test_what_follows_from_a_search_raises_none(zorbo, type_):
    assert raise_alerts([stored(type_, query="zorbo")]) == []
    assert not Alert.objects.exists()


def test_each_rule_looks_where_it_should():
    queries = rule("zorbo", in_descriptions=False)
    descriptions = rule("zorbo", in_queries=False)
    assert [a.rule for a in raise_alerts([searched("zorbo")])] == [queries]
    assert [a.rule for a in raise_alerts([declared("zorbo")])] == [descriptions]


def test_an_event_that_two_rules_find_raises_two(zorbo):
    other = rule("azul")
    assert {a.rule for a in raise_alerts([searched("zorbo azul")])} == {zorbo, other}


def test_the_same_again_counts_and_is_not_new(zorbo):
    raise_alerts([searched("zorbo")])
    last = searched("quiero un zorbo", event_id="e2", occurred_at=NOON + HOUR)
    assert raise_alerts([last]) == []
    alert = Alert.objects.get()
    assert (alert.count, alert.text) == (2, "quiero un zorbo")
    assert (alert.event, alert.last_at) == (last, NOON + HOUR)


def test_what_comes_late_counts_and_does_not_pass_for_the_last(zorbo):
    last = searched("quiero un zorbo")
    raise_alerts([last])
    raise_alerts([searched("zorbo", occurred_at=NOON - HOUR)])
    alert = Alert.objects.get()
    assert (alert.count, alert.text, alert.last_at) == (2, "quiero un zorbo", NOON)
    assert alert.event == last


@pytest.mark.parametrize("in_order", [True, False])
def test_two_alike_events_of_one_call_are_one_alert(zorbo, in_order):
    events = [searched("zorbo"), searched("zorbo azul", occurred_at=NOON + HOUR)]
    (alert,) = raise_alerts(events if in_order else events[::-1])
    alert.refresh_from_db()
    assert (alert.count, alert.text, alert.last_at) == (2, "zorbo azul", NOON + HOUR)


def test_only_the_new_ones_are_returned(zorbo):
    raise_alerts([searched("zorbo")])
    (new,) = raise_alerts([searched("zorbo"), searched("zorbo", person="p2")])
    assert new.person == "p2"


@pytest.mark.parametrize(
    "other",
    [
        {"person": "p2"},
        {"client": "mobile"},
        {"occurred_at": NOON + timedelta(days=1)},
        {"occurred_at": NOON - timedelta(days=1)},
    ],
)
def test_another_person_or_program_or_day_is_another_alert(zorbo, other):
    raise_alerts([searched("zorbo")])
    assert len(raise_alerts([searched("zorbo", **other)])) == 1
    assert [alert.count for alert in Alert.objects.all()] == [1, 1]


def test_a_day_ends_at_midnight_where_the_product_is(zorbo):
    # 23:30 and 00:30 in Honduras, one day in UTC.
    late = NOON.replace(hour=23, minute=30)
    assert raise_alerts([searched("zorbo", occurred_at=late)])
    assert raise_alerts([searched("zorbo", occurred_at=late + HOUR)])


def test_what_a_person_types_letter_by_letter_is_one_alert(zorbo):
    typed = "zorbo azul grande"
    events = [searched(typed[:n], event_id=f"e{n}") for n in range(1, len(typed) + 1)]
    (alert,) = raise_alerts(events)
    assert (alert.count, alert.found) == (len(typed) - len("zorbo") + 1, "zorbo")


def test_another_declaration_is_another_alert(zorbo):
    raise_alerts([declared("un zorbo")])
    assert len(raise_alerts([declared("dos zorbo")])) == 1
    assert raise_alerts([declared("UN ZORBO")]) == []


def test_a_search_and_a_declaration_are_two_alerts(zorbo):
    assert len(raise_alerts([searched("zorbo"), declared("zorbo")])) == 2


def test_an_alert_that_is_closed_stays_closed(zorbo):
    raise_alerts([searched("zorbo")])
    Alert.objects.update(state="closed")
    assert raise_alerts([searched("zorbo")]) == []
    assert (Alert.objects.get().state, Alert.objects.get().count) == ("closed", 2)


@pytest.mark.parametrize("personal", ["ana@example.hn", "9999-8888", "0801 1990 12345"])
def test_personal_data_of_the_text_is_not_kept(personal):
    rule("zorbo.*")
    (alert,) = raise_alerts([declared(f"un zorbo para {personal} mañana")])
    assert alert.text == f"un zorbo para {HIDDEN} mañana"
    said = alert.found.replace(HIDDEN, "").split()
    assert said == ["zorbo", "para", "manana"]


def test_what_stands_on_both_sides_of_an_exception_is_shown():
    rule("zorbo.*", exceptions="de juguete")
    (alert,) = raise_alerts([declared("zorbo de juguete azul")])
    assert alert.found == "zorbo | azul"


def test_a_text_that_grows_when_it_is_folded_fits(zorbo):
    rule("zorbo.*")
    raise_alerts([declared("zorbo " + "ﷺ" * 494)])
    assert Alert.objects.count() == 2


def test_nothing_found_asks_nothing_but_for_the_rules(zorbo, django_assert_num_queries):
    event = searched("una mesa")
    live.current()
    with django_assert_num_queries(0):
        assert raise_alerts([event] * 50) == []


def test_no_events_raise_nothing(zorbo):
    assert raise_alerts([]) == []


def test_many_events_ask_no_more_than_one(zorbo, django_assert_num_queries):
    few = [searched("zorbo")]
    many = [searched("zorbo", person=f"p{n % 9}", event_id=f"e{n}") for n in range(30)]
    live.current()
    # A savepoint and its end around the three.
    with django_assert_num_queries(5):
        raise_alerts(few)
    with django_assert_num_queries(5):
        assert len(raise_alerts(many)) == 8


def test_the_rule_of_a_new_alert_is_read_already(zorbo, django_assert_num_queries):
    (alert,) = raise_alerts([searched("zorbo")])
    with django_assert_num_queries(0):
        assert alert.rule.name == zorbo.name


def test_alerts_go_with_the_transaction_of_the_events(zorbo):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise_alerts([searched("zorbo")])
        1 / 0  # noqa: B018
    assert not Alert.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_workers_that_store_alike_events_at_once_lose_none():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time.")
    rule("zorbo")
    rule("azul")
    people = [f"p{n}" for n in range(6)]
    live.current()
    gate, new, failures = threading.Barrier(8), [], []

    def store(number):
        try:
            # Each in an order of its own: they must not wait for one another in a circle.
            order = random.Random(number).sample(people, len(people))
            gate.wait(30)
            with transaction.atomic():
                new.extend(raise_alerts([searched("zorbo azul", person=who) for who in order]))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=store, args=[n]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(new) == len({alert.pk for alert in new}) == Alert.objects.count() == 12
    assert {alert.count for alert in Alert.objects.all()} == {8}
