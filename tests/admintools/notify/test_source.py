"""Deliveries as the dispatcher sees them. No broker answers here: what goes out is noted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from admintools.jobs import publish
from admintools.jobs.dispatch import Dispatcher
from admintools.jobs.sources import every_source
from admintools.notify.models import Delivery
from admintools.notify.source import DELIVER, DeliverySource

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=1)


@pytest.fixture
def delivery(announced):
    return announced("https://hooks.example.hn/x")


@pytest.fixture
def sent(monkeypatch):
    """What the broker took; ``sent.away`` makes it take nothing."""

    class Sent(list):
        away = False

    told = Sent()

    def send(wire_name, args, *, queue, task_id):
        if not told.away:
            told.append((wire_name, *args, queue))
        return not told.away

    monkeypatch.setattr(publish, "send", send)
    return told


def test_the_dispatcher_watches_over_deliveries():
    assert "deliveries" in {source.name for source in every_source()}


def test_a_new_delivery_is_sent_in_the_dispatchers_next_turn(sent, delivery):
    Dispatcher([DeliverySource()]).turn()
    assert sent == [(DELIVER, delivery.pk, "notifications")]


def test_what_is_on_the_queue_is_not_sent_again(sent, delivery):
    assert (DeliverySource().send_due(), DeliverySource().send_due()) == (1, 0)


def test_what_nobody_took_from_the_queue_is_sent_again(sent, delivery):
    DeliverySource().send_due()
    Delivery.objects.update(published_at=timezone.now() - LONG_AGO)
    assert DeliverySource().send_due() == 1


def test_what_waits_for_its_time_is_not_sent(sent, delivery):
    Delivery.objects.update(next_try_at=timezone.now() + timedelta(minutes=1))
    assert DeliverySource().send_due() == 0


def test_a_broker_that_is_away_leaves_it_due(sent, delivery):
    sent.away = True
    assert DeliverySource().send_due() == 0
    sent.away = False
    assert DeliverySource().send_due() == 1
