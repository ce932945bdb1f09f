"""The alerts: what the page shows, and what people do with them. (Live: test_alerts_socket.py.)"""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.utils import timezone

from admintools.console.alerts import views
from admintools.jobs import hints
from micasillero.compliance.handling import Action, handle
from micasillero.compliance.models import Alert, Severity
from tests.micasillero.compliance.rows import alert, rule

from .conftest import JSON

pytestmark = pytest.mark.django_db
PAGE, HANDLE = "/admin/elasticsearch/alerts/", "/admin/elasticsearch/alerts/handle/"


@pytest.fixture(autouse=True)
def told(monkeypatch):
    """What the open pages are told; no broker here."""
    messages = []
    monkeypatch.setattr(hints, "send", lambda groups, event: messages.append(event))
    return messages


@pytest.fixture
def keeper(person, client_of):
    """A client that may see alerts and handle them."""
    return client_of(person("view_console", "handle_alerts", name="berta"))


def shown(client, query=""):
    """The ids of the rows, in order."""
    page = client.get(f"{PAGE}{query}").content.decode()
    return [int(number) for number in re.findall(r'<tr role="row" id="alert-(\d+)"', page)]


def pressed(client, action, *alerts, **fields):
    return client.post(HANDLE, {action: "marked", "alert": [each.pk for each in alerts], **fields})


# --- the list ---------------------------------------------------------------------------------
def test_the_worst_come_first_and_of_these_the_newest(keeper):
    low, critical = (alert(rule(severity=level)) for level in (Severity.LOW, Severity.CRITICAL))
    older = alert(critical.rule, last_at=timezone.now() - timedelta(hours=1))
    assert shown(keeper) == [critical.pk, older.pk, low.pk]


def test_it_shows_what_a_person_must_know(keeper):
    arms = rule(name="Armas", reason="Requieren permiso.", authority="La Armería")
    alert(arms, text="pistola glock", found="pistola", client="courier-1", count=12)
    page = keeper.get(PAGE).content.decode()
    for text in ("Armas", "Requieren permiso.", "La Armería", "pistola glock", "courier-1", "12"):
        assert text in page


def test_only_the_open_ones_unless_others_are_asked_for(keeper, django_user_model):
    still, taken = alert(), alert()
    handle([taken.pk], Action.ACKNOWLEDGE, django_user_model.objects.get(username="berta"))
    assert shown(keeper) == [still.pk]
    assert shown(keeper, "?state=acknowledged") == [taken.pk]
    assert set(shown(keeper, "?state=all")) == {still.pk, taken.pk}


@pytest.mark.parametrize("name", ["severity", "rule", "client"])
def test_each_filter_lets_through_what_it_says(keeper, name):
    wanted = alert(rule(severity=Severity.CRITICAL), client="courier-1")
    alert(client="web")
    value = {"severity": 4, "rule": wanted.rule.pk, "client": "courier-1"}[name]
    assert shown(keeper, f"?{name}={value}") == [wanted.pk]


@pytest.mark.parametrize(
    "query", ["state=x", "severity=9", "rule=none", "client=%00", "after=x", "after=9-1-1"]
)
def test_a_filter_that_is_none_is_told_and_shows_nothing(keeper, query):
    alert()
    answer = keeper.get(f"{PAGE}?{query}")
    assert answer.status_code == 400
    assert "is-err" in answer.content.decode()
    assert "<tbody" not in answer.content.decode()


def test_a_client_without_alerts_any_more_stays_in_the_filter(keeper):
    assert keeper.get(f"{PAGE}?client=courier-1").status_code == 200


def test_the_next_page_goes_on_behind_the_last_row_whatever_was_handled(keeper, monkeypatch):
    monkeypatch.setattr(views, "PER_PAGE", 2)
    now = timezone.now()
    alerts = [alert(last_at=now - timedelta(minutes=n)) for n in range(5)]
    first = keeper.get(PAGE).content.decode()
    (link,) = re.findall(r'rel="next" href="([^"]+)"', first)
    pressed(keeper, "close", alerts[0])
    assert shown(keeper, link) == [alerts[2].pk, alerts[3].pk]
    assert 'rel="next"' not in keeper.get(f"{PAGE}?severity=3&after=3-1-1").content.decode()


def test_the_page_behind_the_last_one_says_so(keeper):
    page = keeper.get(f"{PAGE}?after=1-1-1", headers={"Accept-Language": "en"}).content.decode()
    assert "There are no more alerts." in page


def test_the_open_ones_are_counted_by_severity(keeper):
    for level in (Severity.CRITICAL, Severity.CRITICAL, Severity.LOW):
        alert(rule(severity=level))
    alert(state="closed")
    page = keeper.get(f"{PAGE}?state=closed").content.decode()
    assert re.findall(r'data-level="(\d)">(\d)<', page) == [
        *(("4", "2"), ("3", "0"), ("2", "0"), ("1", "1"))
    ]
    assert re.search(r"<title>\s*\(3\)", page)


def test_who_may_only_look_has_no_buttons(person, client_of):
    alert()
    page = client_of(person("view_console")).get(PAGE).content.decode()
    assert "pistola de agua" in page
    assert "alerts/handle/" not in page
    assert 'type="checkbox"' not in page


def test_rules_are_linked_for_those_who_may_see_them(keeper, boss):
    address = f"/admin/elasticsearch/rules/{alert().rule.pk}/"
    assert address in boss.get(PAGE).content.decode()
    assert address not in keeper.get(PAGE).content.decode()


def test_a_page_costs_the_same_however_many_rows(keeper, django_assert_max_num_queries):
    for _number in range(5):
        alert(note="x")
    with django_assert_max_num_queries(9):
        keeper.get(PAGE)


def test_the_home_page_has_a_line_about_open_ones(boss):
    home, english = "/admin/elasticsearch/", {"Accept-Language": "en"}
    assert "See the alerts" not in boss.get(home, headers=english).content.decode()
    alert(rule(severity=Severity.CRITICAL))
    page = boss.get(home, headers=english).content.decode()
    assert "1 alert is open, 1 of severity “critical”." in page
    assert "See the alerts" in page


# --- what people do ---------------------------------------------------------------------------
def test_several_are_acknowledged_at_once_with_a_note(keeper):
    one, two, other = alert(), alert(), alert()
    answer = pressed(keeper, "acknowledge", one, two, note="Llamé al cliente.", severity="3")
    assert answer.url == f"{PAGE}?severity=3"
    for each in (one, two):
        each.refresh_from_db()
        assert (each.state, each.note) == ("acknowledged", "Llamé al cliente.")
        assert each.acknowledged_by.username == "berta"
    other.refresh_from_db()
    assert other.state == "open"


def test_one_row_is_handled_by_its_own_button(keeper):
    one = alert()
    answer = keeper.post(HANDLE, {"close": one.pk}, headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (200, "handled")
    assert answer.json()["done"] == [
        {"id": one.pk, "alert": str(one), "state": "closed", "label": "Cerrada"}
    ]
    assert answer.json()["open"] == 0


def test_a_closed_one_is_opened_again(keeper):
    one = alert(state="closed")
    pressed(keeper, "reopen", one)
    one.refresh_from_db()
    assert one.state == "open"


def test_it_stands_in_the_log_who_did_what(keeper):
    pressed(keeper, "close", alert(), note="Era un juguete.")
    (entry,) = LogEntry.objects.all()
    assert entry.user.username == "berta"
    assert "Era un juguete." in entry.change_message


@pytest.mark.parametrize(
    ("action", "second", "sentence"),
    [
        (Action.ACKNOWLEDGE, "acknowledge", "carla had acknowledged it already"),
        (Action.CLOSE, "acknowledge", "carla had closed it already"),
        (Action.REOPEN, "reopen", "Somebody has reopened it already."),
    ],
)
def test_the_second_person_hears_what_happened(keeper, told, action, second, sentence):
    one = alert(state="closed" if action == Action.REOPEN else "open")
    handle([one.pk], action, get_user_model().objects.create_user("carla"))
    english = {"Accept-Language": "en"}
    answer = keeper.post(HANDLE, {second: one.pk}, headers={**JSON, **english})
    assert (answer.status_code, answer.json()["status"]) == (409, "conflict")
    assert sentence in answer.json()["detail"]
    page = keeper.post(HANDLE, {second: one.pk}, headers=english, follow=True)
    assert sentence in page.content.decode()
    assert told == []


def test_the_pages_of_the_others_are_told(keeper, told):
    pressed(keeper, "close", alert())
    assert told == [{"type": "alerts.handled"}]


def test_what_is_gone_is_told(keeper):
    answer = keeper.post(HANDLE, {"close": 4711}, headers={**JSON, "Accept-Language": "en"})
    assert answer.status_code == 409
    assert "no longer there" in answer.json()["detail"]
    page = keeper.post(HANDLE, {"close": 4711}, headers={"Accept-Language": "en"}, follow=True)
    assert "no longer there" in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Say one thing"),
        ({"close": "1", "reopen": "1"}, "Say one thing"),
        ({"close": "marked"}, "Mark at least one"),
        ({"close": "x"}, "no alert of the list"),
        ({"close": "9" * 30}, "no alert of the list"),
        ({"close": "marked", "alert": ["1"] * 901}, "At most 900"),
        ({"close": "1", "note": "x" * 501}, "500"),
    ],
)
def test_what_cannot_be_done_is_told(keeper, fields, sentence):
    english = {"Accept-Language": "en"}
    answer = keeper.post(HANDLE, fields, headers={**JSON, **english})
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid")
    assert sentence in str(answer.json()["errors"])
    assert sentence in keeper.post(HANDLE, fields, headers=english, follow=True).content.decode()


def test_a_body_that_is_no_json_is_told(keeper):
    answer = keeper.post(HANDLE, "{", content_type="application/json", headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid")


def test_a_note_that_no_database_takes_is_mended(keeper):
    one = alert()
    body = {"close": one.pk, "note": "a\ud800b"}
    answer = keeper.post(HANDLE, body, content_type="application/json", headers=JSON)
    assert answer.status_code == 200
    assert Alert.objects.get().note == "a\ufffdb"
