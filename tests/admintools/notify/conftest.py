from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from admintools.notify.announcing import announce
from admintools.notify.kinds import EVENTS
from admintools.notify.models import Channel, Delivery, Subscription
from tests.support.mail_server import MailServer
from tests.support.receiver import Receiver


@pytest.fixture
def ana(db):
    return get_user_model().objects.create_user("ana", password="secreto-1", is_staff=True)


@pytest.fixture
def subscribed(ana):
    """A subscription of Ana to everything, unless told otherwise."""

    def make(**fields):
        told = {
            "user": ana,
            "events": [str(kind) for kind in EVENTS],
            "channel": Channel.WEBHOOK,
            "address": "https://hooks.example.hn/x",
            "language": "en",
            **fields,
        }
        return Subscription.objects.create(**told)

    return make


@pytest.fixture
def receiver(settings):
    """A webhook's receiver that may be used."""
    settings.NOTIFY_ALLOWED_HOSTS = ["localhost"]
    settings.NOTIFY_ALLOW_HTTP = True
    settings.NOTIFY_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    with Receiver() as server:
        yield server


@pytest.fixture
def mail_server(settings):
    with MailServer() as server:
        server.configure(settings)
        yield server


@pytest.fixture
def announced(subscribed):
    """The delivery of one announcement to a new subscription at this address."""

    def make(address, **fields):
        subscription = subscribed(address=address, **fields)
        assert announce("alert", key="alert:1", about={"title": "Fire", "text": "In the attic"})
        return Delivery.objects.get(subscription=subscription)

    return make


def ripen(delivery):
    """Its time to be tried has come."""
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.waiting().filter(pk=delivery.pk).update(next_try_at=past)
