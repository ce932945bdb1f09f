"""The process `notify`: it sends what the queue did not, and calls while all is well."""

from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.utils import timezone

from admintools.jobs import beats, publish
from admintools.notify import dead_man
from admintools.notify.models import Delivery, State, UnservedQueue
from admintools.notify.process import Notify
from admintools.notify.watching import UNSERVED_AFTER
from tests.support.receiver import Receiver, Reply
from tests.support.visitor import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def process():
    made = Notify()
    yield made
    made.close()


@pytest.fixture
def overdue(receiver, announced):
    """A delivery that the queue did not send."""

    def make(url=""):
        delivery = announced(url or receiver.url())
        past = timezone.now() - timedelta(seconds=configured.NOTIFY_TAKEOVER_SECONDS + 1)
        Delivery.objects.filter(pk=delivery.pk).update(next_try_at=past)
        return delivery

    return make


def state(delivery):
    return Delivery.objects.get(pk=delivery.pk).state


def test_what_is_overdue_is_sent_without_the_queue(process, overdue, receiver):
    delivery = overdue()
    process.turn()
    wait_for(lambda: state(delivery) == State.DELIVERED, "delivered", timeout=5)
    assert [beat.name for beat in beats.alive("notify")] == ["notify"]


def test_what_the_queue_may_still_send_is_left_to_it(process, announced, receiver):
    delivery = announced(receiver.url())
    process.turn()
    process.close()
    assert (state(delivery), receiver.got) == (State.WAITING, [])


def test_a_receiver_that_hangs_does_not_hold_up_another(process, overdue, receiver):
    with Receiver() as hanging:
        hanging.usual = Reply(hang=True)
        slow = overdue(hanging.url())
        process.turn()
        assert hanging.hung.wait(5)
        quick = overdue()
        process.turn()
        wait_for(lambda: state(quick) == State.DELIVERED, "delivered", timeout=5)
        assert state(slow) == State.SENDING
    process.close()


def test_a_sender_that_was_lost_is_replaced(process, overdue, receiver):
    delivery = overdue()
    Delivery.objects.claim(delivery.pk)
    Delivery.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    process.turn()
    assert state(delivery) == State.WAITING


def test_the_command_takes_one_turn(overdue, receiver):
    delivery = overdue()
    call_command("notify", "--once")
    assert state(delivery) == State.DELIVERED


class TestDeadMan:
    @pytest.fixture
    def well(self, settings, monkeypatch):
        beats.beat("dispatch", "dispatch@here:1")
        monkeypatch.setattr(publish, "answers", lambda: True)
        with Receiver() as alarm:
            settings.DEAD_MAN_URL = alarm.url("/ping")
            yield alarm

    def turn(self):
        process = Notify()
        process.turn()
        process.close()

    def test_it_is_called_while_all_is_well(self, well):
        self.turn()
        (got,) = well.got
        assert (got.method, got.path) == ("GET", "/ping")

    def test_not_without_a_dispatcher(self, well):
        beats.leave("dispatch@here:1")
        self.turn()
        assert well.got == []

    def test_not_while_a_queue_has_no_worker(self, well):
        UnservedQueue.objects.create(queue="events", since=timezone.now() - UNSERVED_AFTER)
        self.turn()
        assert well.got == []

    def test_not_while_the_broker_is_away(self, well, monkeypatch):
        monkeypatch.setattr(publish, "answers", lambda: False)
        self.turn()
        assert well.got == []

    def test_an_alarm_that_is_away_ends_nothing(self, well, settings):
        settings.DEAD_MAN_URL = "http://nobody.invalid/"
        self.turn()
        well.usual = Reply(500)
        settings.DEAD_MAN_URL = well.url()
        assert not dead_man.call()
