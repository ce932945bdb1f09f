"""The pages of notifications: whose they are, what a person may write there, what is shown."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from admintools.jobs import publish
from admintools.notify.announcing import announce
from admintools.notify.models import Channel, Delivery, State, Subscription
from admintools.notify.signing import secret_of

pytestmark = pytest.mark.django_db
ADD = "/admin/elasticsearch/notifications/add/"
PAGE = "/admin/elasticsearch/notifications/"
DELIVERIES = "/admin/elasticsearch/notifications/deliveries/"
MAIL = {
    "channel": "email",
    "address": "ana@example.hn",
    "events": ["run_failed", "alert"],
    "language": "es-hn",
}
HOOK = {**MAIL, "channel": "webhook", "address": "https://hooks.example.hn/secret-path"}


@pytest.fixture(autouse=True)
def allowed(settings):
    settings.NOTIFY_ALLOWED_HOSTS = ["hooks.example.hn"]


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(publish, "send", lambda *_args, **_kwargs: False)


@pytest.fixture
def ana(person):
    return person("view_console", email="ana@example.hn")


@pytest.fixture
def client(ana, client_of):
    return client_of(ana)


@pytest.fixture
def chief(person, client_of):
    return client_of(person("view_console", "manage_notifications", name="jefe"))


@pytest.fixture
def team(db):
    return Group.objects.create(name="Guardia")


@pytest.fixture
def mine(ana):
    return Subscription.objects.create(
        user=ana, events=["alert"], channel=Channel.WEBHOOK, address=HOOK["address"]
    )


@pytest.fixture
def of_team(team):
    return Subscription.objects.create(
        team=team, events=["alert"], channel=Channel.EMAIL, address="guardia@example.hn"
    )


def errors(answer):
    assert answer.status_code == 400
    return answer.context["form"].errors


def test_a_person_subscribes_and_sees_it(client, ana):
    answer = client.post(ADD, MAIL, follow=True)
    made = Subscription.objects.get()
    assert (made.user, made.events, made.digest_minutes) == (ana, ["run_failed", "alert"], 0)
    assert "ana@example.hn" in answer.content.decode()
    assert LogEntry.objects.get().object_id == str(made.pk)


def test_the_form_begins_with_the_persons_own_address(client):
    assert client.get(ADD).context["form"]["address"].value() == "ana@example.hn"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": ""}, "address"),
        ({"address": "nobody"}, "address"),
        ({"channel": "webhook", "address": "http://hooks.example.hn/x"}, "address"),
        ({"channel": "webhook", "address": "https://10.0.0.1/x"}, "address"),
        ({"channel": "slack", "address": "https://evil.example/x"}, "address"),
        ({"channel": "pigeon"}, "channel"),
        ({"events": []}, "events"),
        ({"events": ["test"]}, "events"),
        ({"jobs": ["no_such_job"]}, "jobs"),
        ({"quiet_from": "22:00"}, "quiet_until"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "quiet_until"),
        ({"quiet_from": "late", "quiet_until": "06:00"}, "quiet_from"),
        ({"digest_minutes": "-1"}, "digest_minutes"),
        ({"digest_minutes": "5000"}, "digest_minutes"),
        ({"language": "xx"}, "language"),
    ],
)
def test_a_wrong_value_is_told_and_what_was_written_stays(client, change, field):
    answer = client.post(ADD, {**MAIL, **change})
    assert list(errors(answer)) == [field]
    assert answer.context["form"]["address"].value() == {**MAIL, **change}["address"]
    assert not Subscription.objects.exists()


def test_without_allowed_hosts_the_form_says_who_can_help(client, settings):
    settings.NOTIFY_ALLOWED_HOSTS = []
    assert "NOTIFY_ALLOWED_HOSTS" in str(errors(client.post(ADD, HOOK)))


def test_home_misses_the_process_notify_where_somebody_wants_to_hear(boss, ana):
    assert "manage.py notify" not in boss.get("/admin/elasticsearch/").content.decode()
    Subscription.objects.create(user=ana, channel=Channel.EMAIL, address="ana@example.hn")
    assert "manage.py notify" in boss.get("/admin/elasticsearch/").content.decode()


class TestSecret:
    def test_it_is_shown_once_when_the_webhook_is_made(self, client):
        answer = client.post(ADD, HOOK, follow=True)
        secret = secret_of(Subscription.objects.get())
        assert secret in answer.content.decode()
        again = client.get(answer.redirect_chain[-1][0])
        assert secret not in again.content.decode()

    def test_a_new_one_replaces_it(self, client, mine):
        before = secret_of(mine)
        address = reverse("admin:console_notification_renew", args=[mine.pk])
        answer = client.post(address, follow=True)
        after = secret_of(Subscription.objects.get())
        assert after != before
        assert after in answer.content.decode()

    def test_the_permission_to_see_one_shows_no_other(self, client, ana, mine):
        other = Subscription.objects.create(
            user=ana, events=["alert"], channel=Channel.WEBHOOK, address=HOOK["address"]
        )
        client.post(reverse("admin:console_notification_renew", args=[mine.pk]))
        page = client.get(reverse("admin:console_notification_secret", args=[other.pk]))
        assert secret_of(other) not in page.content.decode()


class TestEditing:
    def test_the_address_of_a_webhook_is_not_shown_and_stays_when_left_empty(self, client, mine):
        address = reverse("admin:console_notification", args=[mine.pk])
        page = client.get(address).content.decode()
        assert "secret-path" not in page
        client.post(address, {**HOOK, "address": "", "events": ["run_failed"]})
        mine.refresh_from_db()
        assert (mine.address, mine.events) == (HOOK["address"], ["run_failed"])

    def test_another_channel_wants_another_address(self, client, mine):
        address = reverse("admin:console_notification", args=[mine.pk])
        assert list(errors(client.post(address, {**MAIL, "address": ""}))) == ["address"]

    def test_a_person_switches_off_and_on(self, client, mine):
        for word, state in (("off", False), ("on", True)):
            client.post(reverse(f"admin:console_notification_{word}", args=[mine.pk]))
            mine.refresh_from_db()
            assert mine.enabled is state

    def test_why_the_product_switched_it_off_is_told(self, client, mine):
        mine.switch_off("The receiver said that it is gone (410).")
        assert "410" in client.get(PAGE).content.decode()

    def test_a_person_deletes_it(self, client, mine):
        client.post(reverse("admin:console_notification_delete", args=[mine.pk]))
        assert not Subscription.objects.exists()


class TestTeams:
    def test_who_may_subscribes_a_team(self, chief, team):
        chief.post(ADD, {**MAIL, "team": team.pk})
        assert (Subscription.objects.get().team, Subscription.objects.get().user) == (team, None)

    def test_a_team_starts_no_runs(self, chief, team):
        form = {**MAIL, "team": team.pk, "own_runs": "on"}
        assert list(errors(chief.post(ADD, form))) == ["own_runs"]

    def test_nobody_else_does(self, client, team, ana):
        client.post(ADD, {**MAIL, "team": team.pk})
        assert Subscription.objects.get().user == ana

    @pytest.mark.parametrize("name", ["", "_delete", "_test", "_on", "_off", "_secret", "_renew"])
    def test_nobody_else_reaches_theirs(self, client, of_team, name):
        address = reverse(f"admin:console_notification{name}", args=[of_team.pk])
        method = client.get if name in ("", "_secret") else client.post
        assert method(address).status_code == 404
        assert Subscription.objects.filter(enabled=True).exists()

    def test_who_may_reaches_them_but_not_those_of_other_people(self, chief, of_team, mine):
        page = chief.get(PAGE).content.decode()
        assert "guardia@example.hn" in page
        assert "hooks.example.hn" not in page
        assert chief.get(reverse("admin:console_notification", args=[mine.pk])).status_code == 404


class TestDeliveries:
    @pytest.fixture
    def delivery(self, mine):
        announce("alert", key="1", about={"title": "Fire", "text": "In the attic"})
        return Delivery.objects.get()

    def test_a_test_makes_a_real_delivery_and_leads_to_its_page(self, client, mine):
        answer = client.post(
            reverse("admin:console_notification_test", args=[mine.pk]), follow=True
        )
        made = Delivery.objects.get()
        assert made.test
        assert answer.redirect_chain[-1][0] == reverse("admin:console_delivery", args=[made.pk])
        assert made.key in answer.content.decode()

    def test_one_that_nobody_sends_says_what_to_start(self, client, delivery):
        page = client.get(reverse("admin:console_delivery", args=[delivery.pk])).content.decode()
        assert "manage.py notify" in page

    def test_its_attempts_answer_and_next_try_are_shown(self, client, delivery):
        later = timezone.now() + timedelta(minutes=3)
        Delivery.objects.update(
            attempts=2, answer_code=503, error_code="unavailable", next_try_at=later,
            error_message="The receiver cannot take it now (%(status)s).",
            error_params={"status": 503},
        )  # fmt: skip
        for address in (DELIVERIES, reverse("admin:console_delivery", args=[delivery.pk])):
            page = client.get(address).content.decode()
            assert "2 / 5" in page
            assert "503" in page
            assert f"{timezone.localtime(later):%H:%M:%S}" in page

    def test_they_are_filtered_by_state(self, client, delivery):
        assert len(client.get(DELIVERIES, {"state": "waiting"}).context["rows"]) == 1
        assert client.get(DELIVERIES, {"state": "dead"}).context["rows"] == []

    @pytest.mark.parametrize("query", [{"state": "odd"}, {"before": "x"}, {"before": "9" * 30}])
    def test_an_odd_filter_is_told(self, client, query):
        assert client.get(DELIVERIES, query).status_code == 400

    def test_the_older_ones_are_on_the_next_page(self, client, mine):
        now = timezone.now()
        Delivery.objects.bulk_create(
            Delivery(subscription=mine, planned_for=now, next_try_at=now) for _ in range(51)
        )
        first = client.get(DELIVERIES).context
        assert (len(first["rows"]), bool(first["older"])) == (50, True)
        assert len(client.get(DELIVERIES, {"before": first["older"]}).context["rows"]) == 1

    def test_nobody_sees_those_of_others(self, chief, delivery):
        assert chief.get(DELIVERIES).context["rows"] == []
        address = reverse("admin:console_delivery", args=[delivery.pk])
        assert chief.get(address).status_code == 404

    def test_dead_letters_are_counted_on_the_page_of_notifications(self, client, delivery):
        Delivery.objects.update(state=State.DEAD)
        assert "?state=dead" in client.get(PAGE).content.decode()
