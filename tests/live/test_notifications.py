"""Notifications with a real broker, worker and dispatcher, and without them."""

import pytest
from django.contrib.auth import get_user_model
from standardwebhooks import Webhook

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status
from admintools.notify.announcing import announce
from admintools.notify.models import Channel, Delivery, State, Subscription
from admintools.notify.signing import secret_of
from tests.support.receiver import Receiver, Reply
from tests.support.site import ended, run_until
from tests.support.visitor import wait_for


@pytest.fixture
def receiver(site):
    site.env |= {
        "NOTIFY_ALLOWED_HOSTS": "localhost",
        "NOTIFY_ALLOW_HTTP": "True",
        "NOTIFY_PRIVATE_NETWORKS": "127.0.0.0/8",
        "NOTIFY_RETRY_BASE_SECONDS": "0.2",
    }
    with Receiver() as server:
        yield server


@pytest.fixture
def subscription(receiver):
    ana = get_user_model().objects.create_user("ana", password="secreto-1", is_staff=True)
    return Subscription.objects.create(
        user=ana,
        events=["run_failed", "alert"],
        channel=Channel.WEBHOOK,
        address=receiver.url(),
        language="en",
    )


def delivered():
    return Delivery.objects.get().state == State.DELIVERED


def test_a_run_that_fails_is_told_by_the_worker_of_notifications(site, receiver, subscription):
    receiver.script.append(Reply(503))
    site.worker("learning", "notifications")
    site.dispatch()
    run = launch(
        "trial_trouble",
        parameters={"how": "fail"},
        initiator=Initiator(Source.COMMAND, name="test"),
    )
    assert run_until(run, ended).status == Status.FAILURE
    wait_for(delivered, "delivered", timeout=20)
    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    told = Webhook(secret_of(subscription)).verify(second.body, second.headers)
    assert told["data"]["subject"] == "Failed: Trouble"
    assert "hidden" not in second.body.decode()  # a password in the error's text


def test_with_redis_down_and_no_worker_the_process_notify_delivers(
    site, broker, receiver, subscription
):
    site.env["NOTIFY_TAKEOVER_SECONDS"] = "0.5"
    broker.stop()
    site.dispatch()
    notify = site.manage("notify", "--skip-checks")
    announce("alert", key="alert:1", about={"title": "Fire", "text": "In the attic"})
    wait_for(delivered, "delivered", timeout=20)
    assert [got.json["data"]["subject"] for got in receiver.got] == ["Alert: Fire"]
    assert Delivery.objects.get().published_at is None
    notify.terminate()
    assert "Traceback" not in notify.output()
