"""What is announced becomes rows for those who want it, and costs the caller nothing else."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from admintools.notify import announcing
from admintools.notify.announcing import announce
from admintools.notify.messages import MOST_TOLD, message_of
from admintools.notify.models import Channel, Delivery, Notice, State, Subscription
from admintools.tasks.retained import retained

pytestmark = pytest.mark.django_db


def alert(number=1, **about):
    return announce("alert", key=f"alert:{number}", about={"title": f"Fire {number}", **about})


def test_each_subscription_that_wants_it_gets_a_delivery(subscribed):
    subscribed()
    subscribed(team=Group.objects.create(name="guardia"), user=None)
    subscribed(events=["run_failed"])
    assert alert() == 2
    assert Delivery.objects.waiting().count() == 2


def test_announced_twice_it_reaches_nobody_twice(subscribed):
    subscribed()
    assert (alert(), alert()) == (1, 0)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_who_may_no_longer_enter_hears_nothing(subscribed, ana, change):
    subscribed()
    type(ana).objects.filter(pk=ana.pk).update(**change)
    assert alert() == 0


def test_what_is_switched_off_hears_nothing(subscribed):
    subscribed(enabled=False)
    assert alert() == 0


@pytest.mark.parametrize(("jobs", "heard"), [([], 1), (["cleanup"], 1), (["rebuild_index"], 0)])
def test_a_subscription_may_choose_jobs(subscribed, jobs, heard):
    subscribed(jobs=jobs)
    assert announce("run_failed", key="run:1", about={"job": "cleanup"}) == heard


def test_a_choice_of_jobs_hides_nothing_that_is_about_no_job(subscribed):
    subscribed(jobs=["cleanup"])
    assert alert() == 1


def test_a_person_may_hear_of_their_own_runs_only(subscribed, ana):
    subscribed(own_runs=True)
    assert announce("run_finished", key="run:1", about={"initiator": None}) == 0
    assert announce("run_finished", key="run:2", about={"initiator": ana.pk}) == 1


def test_an_announcement_never_fails_for_its_caller(subscribed, monkeypatch):
    def broken(*_args):
        raise RuntimeError("a defect")

    subscribed()
    monkeypatch.setattr(announcing, "planned", broken)
    with transaction.atomic():
        assert alert() == 0
        assert Subscription.objects.exists()  # the caller's transaction goes on


def test_what_cannot_be_stored_is_made_storable(subscribed):
    subscribed()
    assert alert(text="a\x00b\ud800", share=float("nan")) == 1
    assert Notice.objects.get().about["text"] == "a\ufffdb\ufffd"


def test_it_is_kept_with_the_transaction_or_not_at_all(subscribed):
    subscribed()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        alert()
        _ = 1 / 0
    assert not Delivery.objects.exists()


class TestDigest:
    def test_the_first_goes_at_once_and_what_follows_goes_together(self, subscribed):
        subscribed(digest_minutes=15)
        for number in range(5):
            assert alert(number) == 1
        first, rest = Delivery.objects.order_by("id")
        assert (first.notices.count(), rest.notices.count()) == (1, 4)
        assert rest.planned_for - first.planned_for == timedelta(minutes=15)
        assert Delivery.objects.ripe().get() == first

    def test_what_is_on_its_way_takes_nothing_more_along(self, subscribed):
        subscribed(digest_minutes=15)
        alert(1), alert(2)
        Delivery.objects.update(next_try_at=timezone.now(), planned_for=timezone.now())
        rest = Delivery.objects.order_by("-id").first()
        assert Delivery.objects.claim(rest.pk)
        alert(3)
        assert rest.notices.count() == 1
        assert Delivery.objects.count() == 3

    def test_after_a_quiet_time_the_next_goes_at_once_again(self, subscribed):
        subscribed(digest_minutes=15)
        alert(1)
        Delivery.objects.update(planned_for=timezone.now() - timedelta(minutes=16))
        alert(2)
        assert Delivery.objects.ripe().count() == 2

    def test_its_message_names_each(self, subscribed):
        subscribed(digest_minutes=15)
        alert(0), alert(1), alert(2)
        message = message_of(Delivery.objects.order_by("-id").first())
        assert (message.subject, message.type) == ("2 notifications", "digest")
        assert "Alert: Fire 1" in message.text
        assert "Alert: Fire 2" in message.text

    def test_of_thousands_it_names_some_and_counts_the_others(self, subscribed):
        subscription = subscribed()
        now = timezone.now()
        delivery = Delivery.objects.create(
            subscription=subscription, planned_for=now, next_try_at=now
        )
        Notice.objects.bulk_create(
            Notice(subscription=subscription, delivery=delivery, key=str(n), kind="alert", at=now)
            for n in range(MOST_TOLD + 7)
        )
        message = message_of(delivery)
        assert (len(message.notices), message.more) == (MOST_TOLD, 7)
        assert message.text.endswith("And 7 more.")
        assert message.subject == "57 notifications"


class TestSwitchingOff:
    def test_what_waits_is_discarded(self, subscribed):
        subscription = subscribed()
        alert()
        subscription.switch_off()
        assert Delivery.objects.get().state == State.DISCARDED

    def test_switched_on_again_it_hears_of_what_comes(self, subscribed):
        subscription = subscribed()
        subscription.switch_off("Gone")
        subscription.switch_on()
        assert (alert(), Subscription.objects.get().off_reason) == (1, "")


def test_a_test_goes_at_once_whatever_the_settings_say(subscribed):
    subscription = subscribed(
        digest_minutes=60, quiet_from="00:00", quiet_until="23:59", enabled=False
    )
    delivery = announcing.announce_test(subscription, "ana")
    assert Delivery.objects.claim(delivery.pk)


def test_a_message_is_in_the_language_of_its_reader(subscribed):
    for language, subject in (
        ("es-hn", "Falló: Limpiar ejecuciones viejas"),
        ("en", "Failed: Clean up old runs"),
    ):
        subscription = subscribed(language=language)
        announce("run_failed", key=language, about={"job": "cleanup"})
        assert message_of(subscription.deliveries.get(notices__key=language)).subject == subject


def test_a_link_is_a_whole_address(subscribed, settings):
    settings.SITE_URL = "https://admin.example.hn"
    subscribed()
    announce("alert", key="1", about={}, link="/admin/elasticsearch/runs/1/")
    message = message_of(Delivery.objects.get())
    assert message.notices[0]["link"] == "https://admin.example.hn/admin/elasticsearch/runs/1/"


def test_a_url_is_shown_without_what_may_be_a_secret(subscribed):
    subscription = subscribed(
        channel=Channel.SLACK, address="https://hooks.slack.com/services/T/B/x"
    )
    assert subscription.shown_address == "https://hooks.slack.com/…"


def test_what_ended_long_ago_is_forgotten_with_its_notices(subscribed, settings):
    subscribed()
    alert(1), alert(2), alert(3)
    now = timezone.now()
    first, second, third = Delivery.objects.order_by("id")
    long_ago = now - timedelta(days=settings.KEEP_RUNS_DAYS + 1)
    for delivery, ended in ((first, long_ago), (second, now), (third, None)):
        Delivery.objects.filter(pk=delivery.pk).update(ended_at=ended)
    for kept in retained():
        for old in kept.old():
            old.delete()
    assert set(Notice.objects.values_list("key", flat=True)) == {"alert:2", "alert:3"}
