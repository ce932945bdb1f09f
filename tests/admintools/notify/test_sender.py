"""One attempt of a delivery, against real receivers of the tests' own."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook

from admintools.notify import sender, transport
from admintools.notify.models import Channel, Delivery, State, Subscription
from admintools.notify.signing import secret_of
from admintools.notify.source import DeliverySource
from tests.support import certificates as certificates_of
from tests.support.receiver import Receiver, Reply
from tools.spawned import free_port

from .conftest import ripen

pytestmark = pytest.mark.django_db


@pytest.fixture
def hook(receiver, announced):
    return announced(receiver.url())


def tried(delivery, times=1):
    for _ in range(times):
        ripen(delivery)
        sender.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def test_a_signed_webhook_arrives_and_its_signature_holds(receiver, hook):
    assert tried(hook).state == State.DELIVERED
    (got,) = receiver.got
    told = Webhook(secret_of(hook.subscription)).verify(got.body, got.headers)
    assert (told["type"], told["data"]["subject"]) == ("alert", "Alert: Fire")
    assert told["data"]["notices"][0]["about"] == {"title": "Fire", "text": "In the attic"}
    assert (got.headers["webhook-id"], hook.answer_code) == (hook.key, 200)


def test_a_body_that_was_changed_on_the_way_does_not_verify(receiver, hook):
    tried(hook)
    (got,) = receiver.got
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(secret_of(hook.subscription)).verify(got.body + b" ", got.headers)


def test_slack_gets_a_text_in_which_nobody_is_mentioned(receiver, subscribed, announced):
    delivery = announced(receiver.url(), channel=Channel.SLACK)
    delivery.notices.update(about={"title": "<!channel> & all", "text": ""})
    tried(delivery)
    (got,) = receiver.got
    assert got.json == {"text": "*Alert: &lt;!channel&gt; &amp; all*\n"}
    assert "webhook-signature" not in got.headers


def test_a_receiver_that_is_down_for_a_while_gets_it_with_the_same_key(receiver, hook):
    receiver.script.extend([Reply(503), Reply(429), Reply(close=True)])
    assert tried(hook, times=3).state == State.WAITING
    assert tried(hook).state == State.DELIVERED
    assert {got.headers["webhook-id"] for got in receiver.got} == {hook.key}
    assert (hook.attempts, hook.error_code) == (4, "")


def test_a_dead_receiver_is_given_up_after_five_attempts(receiver, hook):
    receiver.usual = Reply(500)
    tried(hook, times=7)
    assert (hook.state, hook.attempts, len(receiver.got)) == (State.DEAD, 5, 5)
    assert (hook.answer_code, hook.next_try_at) == (500, None)


def test_nobody_at_the_address_is_a_passing_fault(receiver, announced):
    delivery = tried(announced(f"http://localhost:{free_port()}/"))
    assert (delivery.state, delivery.error_code) == (State.WAITING, "connection")


@pytest.mark.parametrize("reply", [Reply(hang=True), Reply(drip=0.02)], ids=["silent", "dripping"])
def test_a_slow_receiver_is_not_waited_for(receiver, hook, monkeypatch, reply):
    monkeypatch.setattr(transport, "SECONDS", 0.3)
    monkeypatch.setitem(transport.request.__kwdefaults__, "seconds", 0.3)
    receiver.usual = reply
    assert (tried(hook).state, hook.error_code) == (State.WAITING, "timeout")


def test_what_the_answer_says_beyond_its_head_is_not_waited_for(receiver, hook):
    receiver.usual = Reply(headers={"Content-Length": str(10**12)})
    assert tried(hook).state == State.DELIVERED


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(receiver, hook, status):
    receiver.script.append(Reply(status, headers={"Location": receiver.url("/elsewhere")}))
    tried(hook)
    assert (hook.state, hook.error_code, hook.answer_code) == (State.DEAD, "redirect", status)
    assert [got.path for got in receiver.got] == ["/hook"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_a_refusal_is_a_dead_letter_at_once(receiver, hook, status):
    receiver.usual = Reply(status)
    tried(hook)
    assert (hook.state, hook.attempts, hook.answer_code) == (State.DEAD, 1, status)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(receiver, hook, status):
    receiver.usual = Reply(status)
    assert (tried(hook).state, hook.answer_code) == (State.WAITING, status)


def test_a_receiver_that_is_gone_gets_nothing_more(receiver, hook):
    receiver.usual = Reply(410)
    waiting = Delivery.objects.create(
        subscription=hook.subscription, planned_for=timezone.now(), next_try_at=timezone.now()
    )
    assert tried(hook).state == State.DEAD
    subscription = Subscription.objects.get()
    assert not subscription.enabled
    assert "410" in subscription.off_reason
    waiting.refresh_from_db()
    assert waiting.state == State.DISCARDED


def test_the_wait_that_the_receiver_asks_for_is_kept(receiver, hook):
    receiver.usual = Reply(503, headers={"Retry-After": "7200"})
    asked = timezone.now()
    assert tried(hook).next_try_at - asked >= timedelta(seconds=7199)


def test_the_wait_that_the_receiver_asks_for_has_an_end(receiver, hook):
    receiver.usual = Reply(503, headers={"Retry-After": "999999999"})
    assert tried(hook).next_try_at - timezone.now() <= timedelta(days=1)


def test_waits_grow_with_the_attempts_and_are_drawn_by_chance(receiver, hook, settings):
    settings.NOTIFY_RETRY_BASE_SECONDS = 1000
    receiver.usual = Reply(500)
    waits = []
    for attempt in range(4):
        tried(hook)
        waits.append((hook.next_try_at - timezone.now()).total_seconds() / (1000 * 2**attempt))
    assert all(-0.01 <= wait <= 1 for wait in waits)
    assert len({round(wait, 3) for wait in waits}) == 4


def test_a_delivery_is_sent_only_when_its_time_has_come(receiver, hook):
    receiver.script.append(Reply(503, headers={"Retry-After": "60"}))
    tried(hook)
    assert sender.deliver(hook.pk) is None
    assert len(receiver.got) == 1


def test_what_is_delivered_is_not_sent_again(receiver, hook):
    tried(hook, times=3)
    assert len(receiver.got) == 1


@pytest.mark.django_db(transaction=True)
def test_many_messages_of_one_delivery_send_it_once(receiver, hook):
    def send():
        sender.deliver(hook.pk)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receiver.got) == 1


def test_a_sender_that_was_lost_is_replaced_and_writes_nothing_when_it_wakes(receiver, hook):
    zombie = Delivery.objects.claim(hook.pk)
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(pk=hook.pk).update(lease_expires_at=past)
    assert DeliverySource().take_back_dead() == 1
    tried(hook)
    assert not zombie.give_up("late", "Late")
    hook.refresh_from_db()
    assert (hook.state, hook.attempts) == (State.DELIVERED, 2)


def test_a_defect_costs_an_attempt_and_is_told(receiver, hook, monkeypatch):
    def broken(_delivery):
        raise RuntimeError("a defect")

    monkeypatch.setattr(sender, "message_of", broken)
    assert (tried(hook).state, hook.error_code) == (State.WAITING, "unexpected")
    assert hook.error_params == {"kind": "RuntimeError"}


class TestReplay:
    def test_a_dead_letter_goes_out_once_with_its_old_key(self, receiver, hook):
        receiver.script.append(Reply(404))
        tried(hook)
        assert hook.replay()
        assert not hook.replay()
        tried(hook, times=2)
        assert hook.state == State.DELIVERED
        assert [got.headers["webhook-id"] for got in receiver.got] == [hook.key, hook.key]

    def test_it_has_all_attempts_anew(self, receiver, hook):
        receiver.usual = Reply(500)
        tried(hook, times=5)
        hook.replay()
        tried(hook, times=7)
        assert (hook.state, hook.attempts, len(receiver.got)) == (State.DEAD, 5, 10)

    @pytest.mark.parametrize("state", [s for s in State if s != State.DEAD])
    def test_nothing_else_is_replayed_or_discarded(self, hook, state):
        Delivery.objects.update(state=state)
        assert not hook.replay()
        assert not hook.discard()
        assert Delivery.objects.get().state == state

    def test_a_dead_letter_can_be_discarded_and_stays_so(self, receiver, hook):
        receiver.usual = Reply(404)
        tried(hook)
        assert hook.discard()
        assert not hook.replay()
        assert not Delivery.objects.dead().exists()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return certificates_of.make(tmp_path_factory.mktemp("tls"))


class TestTls:
    @pytest.fixture
    def secure(self, certificates, receiver):
        with Receiver(certificates) as server:
            yield server

    def test_a_certificate_of_a_known_authority_is_taken(
        self, secure, certificates, announced, monkeypatch
    ):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
        assert tried(announced(secure.url())).state == State.DELIVERED

    def test_any_other_is_not(self, secure, announced):
        delivery = tried(announced(secure.url()))
        assert (delivery.error_code, secure.got) == ("tls", [])

    def test_nor_is_one_of_another_name(
        self, secure, certificates, announced, monkeypatch, settings
    ):
        settings.NOTIFY_ALLOWED_HOSTS = ["127.0.0.1"]
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
        delivery = tried(announced(secure.url().replace("localhost", "127.0.0.1")))
        assert (delivery.error_code, secure.got) == ("tls", [])
