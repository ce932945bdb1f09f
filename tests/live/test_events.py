"""Accepted events on a real broker and real workers: none is lost, none counts twice."""

import json
import time

import pytest
from celery import current_app
from django.core.cache import caches

from admintools.tasks import events as tasks
from api.models import ApiClient
from micasillero.events.intake import accept
from micasillero.events.models import Event, RawBatch, RejectedEvent
from tests.support.events import event

pytestmark = pytest.mark.django_db(transaction=True)
BATCHES, SIZE = 20, 20


@pytest.fixture
def send(client, site, monkeypatch):
    """Post a batch; the number of its row."""
    monkeypatch.setattr(tasks._broker, "_until", 0.0)
    caches["api_responses"].clear()
    token = ApiClient(name="web").renew()

    def sent(*events):
        response = client.post(
            "/api/events/", json.dumps(events), content_type="application/json",
            headers={"authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert response.status_code == 201, response.content

    return sent


def many(send):
    for _number in range(BATCHES):
        send(*(event() for _ in range(SIZE)))


def until(condition, timeout=30):
    deadline = time.monotonic() + timeout
    while not condition():
        states = list(RawBatch.objects.values_list("state", "attempts", "error_message"))
        assert time.monotonic() < deadline, states
        time.sleep(0.05)


def all_stored():
    return not RawBatch.objects.exclude(state="stored").exists()


def each_once():
    assert Event.objects.count() == BATCHES * SIZE
    assert Event.objects.values("event_id").distinct().count() == BATCHES * SIZE
    assert not RejectedEvent.objects.exists()


def test_the_message_is_the_number_of_the_row(send, broker):
    send(event())
    (message,) = broker.client().lrange("events", 0, -1)
    assert "tenis" not in message
    assert json.loads(message)["headers"]["argsrepr"] == f"[{RawBatch.objects.get().pk}]"


def test_whoever_sends_the_task_hears_what_it_did(site):
    site.worker("events", name="events")
    row = accept("web", [event(), event()]).batch
    sent = current_app.send_task(tasks.INGEST, [row.pk], queue="events")
    assert sent.get(timeout=20) == {"status": "success", "stored": 2, "alerts_created": 0}


def test_a_worker_stores_what_was_accepted(send, site):
    site.worker("events")
    send(event(), event())
    until(all_stored)
    assert Event.objects.count() == 2


def test_accepted_events_survive_killed_workers(send, site):
    many(send)
    site.dispatch()
    doomed = site.worker("events", concurrency=2, name="doomed")
    until(lambda: RawBatch.objects.filter(state="stored").count() >= 2)
    doomed.kill()
    assert not all_stored(), "it was done before it was killed"
    site.worker("events", concurrency=2, name="heir")
    until(all_stored)
    each_once()


def test_accepted_events_survive_a_killed_and_emptied_broker(send, site, broker):
    many(send)
    broker.kill()
    many_more = event(event_id="while-the-broker-is-away")
    send(many_more)
    assert RawBatch.objects.filter(published_at=None).count() == 1
    broker.start()
    # More than the append-only file would forgive: all messages are gone.
    broker.client().flushall()
    site.worker("events", concurrency=2)
    site.dispatch()
    until(all_stored)
    assert Event.objects.filter(event_id="while-the-broker-is-away").count() == 1
    assert Event.objects.count() == BATCHES * SIZE + 1
