"""The rules: the list, the switch, and a form that tests a rule before it saves it."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.utils import timezone

from micasillero.compliance import trial
from micasillero.compliance.models import Rule
from micasillero.events.models import Event
from tests.micasillero.compliance.rows import alert, rule

from .conftest import JSON

pytestmark = pytest.mark.django_db
PAGE, ADD = "/admin/elasticsearch/rules/", "/admin/elasticsearch/rules/add/"
ENGLISH = {"Accept-Language": "en"}
NEW = {
    "name": "Drones",
    "category": "RESTRICTED",
    "severity": "2",
    "patterns": "dron(es)?",
    "in_queries": "on",
    "in_descriptions": "on",
    "reason": "Requieren permiso.",
    "enabled": "on",
}


@pytest.fixture(autouse=True)
def none_but_ours(db):
    """Without those that come with the product."""
    Rule.objects.all().delete()


def address_of(one):
    return f"{PAGE}{one.pk}/"


def fields_of(one, **changes):
    """What the form of a rule sends, with the hidden ones."""
    names = ("name", "category", "severity", "patterns", "exceptions", "reason", "authority")
    told = {name: getattr(one, name) for name in names}
    boxes = dict.fromkeys(("in_queries", "in_descriptions", "enabled"), "on")
    return {**told, **boxes, "seen": "", **changes}


def searched(*texts):
    now = timezone.now()
    for number, text in enumerate(texts):
        Event.objects.create(
            event_id=f"e{number}", client="web", type="search", query=text,
            occurred_at=now, received_at=now,
        )  # fmt: skip


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def after_test(client, address, fields):
    """The page after the button "Test"."""
    answer = client.post(address, {**fields, "test": "1"}, headers=ENGLISH)
    assert answer.status_code == 200
    return answer.content.decode()


def saved(client, address, fields):
    """Test, then save what was tested."""
    tried = hidden(after_test(client, address, fields), "tried")
    return client.post(address, {**fields, "tried": tried, "save": "1"}, headers=ENGLISH)


# --- the list ---------------------------------------------------------------------------------
def test_the_list_shows_each_rule_with_its_open_alerts(boss):
    arms = rule(name="Armas")
    alert(arms)
    alert(arms, state="closed")
    page = boss.get(PAGE).content.decode()
    assert address_of(arms) in page
    assert re.search(rf'alerts/\?rule={arms.pk}">1</a>', page)


def test_an_empty_list_says_where_rules_come_from(boss):
    Rule.objects.all().delete()
    assert "load_rules" in boss.get(PAGE).content.decode()


def test_who_may_only_look_can_change_nothing(person, client_of):
    one = rule(patterns="pistolas?")
    client = client_of(person("view_rule"))
    listed, page = (client.get(path).content.decode() for path in (PAGE, address_of(one)))
    assert "rules/add/" not in listed
    assert f"{address_of(one)}off/" not in listed
    assert "pistolas?" in page
    assert 'name="save"' not in page
    assert client.post(address_of(one), fields_of(one, save="1")).status_code == 403


@pytest.mark.parametrize(("word", "enabled"), [("on", True), ("off", False)])
def test_a_rule_is_switched(boss, word, enabled):
    one = rule(enabled=not enabled)
    answer = boss.post(f"{address_of(one)}{word}/", headers=JSON)
    assert answer.json() == {"status": word, "changed": True, "rule": one.name}
    one.refresh_from_db()
    assert (one.enabled, one.changed_by.username) == (enabled, "jefa")
    assert LogEntry.objects.get().object_id == str(one.pk)


def test_switching_twice_changes_nothing(boss):
    one = rule()
    assert boss.post(f"{address_of(one)}on/", headers=JSON).json()["changed"] is False
    one.refresh_from_db()
    assert one.changed_at is None
    assert boss.post(f"{address_of(one)}on/").url == PAGE


@pytest.mark.parametrize("number", [4711, 10**30])
def test_a_rule_that_is_not_there_is_told(boss, number):
    assert boss.get(f"{PAGE}{number}/").status_code == 404
    assert boss.post(f"{PAGE}{number}/on/", headers=JSON).json()["status"] == "not_found"


# --- testing ----------------------------------------------------------------------------------
def test_a_test_shows_what_the_rule_finds_and_saves_nothing(boss):
    searched("drones con camara", "tenis", "dron de juguete")
    page = after_test(boss, ADD, NEW)
    assert "<b>2</b> of the last 3 events" in page
    assert "dron de juguete" in page
    assert 'name="save"' in page
    assert not Rule.objects.filter(name="Drones").exists()


def test_a_new_rule_has_no_button_to_save_before_its_test(boss):
    assert 'name="save"' not in boss.get(ADD).content.decode()


def test_without_events_nothing_is_said_to_be_right(boss):
    assert "no event of these kinds" in after_test(boss, ADD, NEW)


def test_what_was_tested_is_saved(boss):
    answer = saved(boss, ADD, NEW)
    assert answer.url == PAGE
    one = Rule.objects.get(name="Drones")
    assert (one.patterns, one.changed_by.username, one.shipped) == ("dron(es)?", "jefa", None)
    assert LogEntry.objects.get().object_id == str(one.pk)


def test_a_name_that_somebody_takes_at_the_same_moment_is_refused(boss, monkeypatch):
    save = Rule.changed

    def later(self, by):
        rule(name="Drones")
        save(self, by)

    monkeypatch.setattr(Rule, "changed", later)
    answer = saved(boss, ADD, NEW)
    assert answer.status_code == 400
    assert "Drones" in hidden(answer.content.decode(), "name")
    assert "already exists" in answer.content.decode()
    assert not LogEntry.objects.exists()


def test_a_rule_saved_switched_off_is_said_to_be_off(boss):
    fields = {name: value for name, value in NEW.items() if name != "enabled"}
    assert saved(boss, ADD, fields).status_code == 302
    assert Rule.objects.get(name="Drones").enabled is False


@pytest.mark.parametrize(
    "changes", [{"patterns": "dron"}, {"exceptions": "dron"}, {"in_queries": ""}]
)
def test_what_has_changed_since_its_test_is_tested_again(boss, changes):
    searched("dron")
    tried = hidden(after_test(boss, ADD, NEW), "tried")
    fields = {**NEW, **changes, "tried": tried, "save": "1"}
    answer = boss.post(ADD, fields, headers=ENGLISH)
    assert answer.status_code == 409
    assert "Nothing was saved" in answer.content.decode()
    assert not Rule.objects.filter(name="Drones").exists()
    again = {**fields, "tried": hidden(answer.content.decode(), "tried")}
    assert boss.post(ADD, again).status_code == 302


def test_what_a_test_is_not_about_may_change_after_it(boss):
    tried = hidden(after_test(boss, ADD, NEW), "tried")
    fields = {**NEW, "reason": "Otra.", "tried": tried, "save": "1"}
    assert boss.post(ADD, fields).status_code == 302


def test_a_rule_that_looks_for_the_same_needs_no_test(boss):
    one = rule(patterns="pistolas?\nrifles?")
    fields = fields_of(one, patterns="pistolas?\r\nrifles?", reason="Otra.", save="1")
    assert boss.post(address_of(one), fields).status_code == 302
    one.refresh_from_db()
    assert (one.reason, one.patterns) == ("Otra.", "pistolas?\nrifles?")


def test_programs_hear_the_same(boss):
    searched("dron")
    answer = boss.post(ADD, {**NEW, "test": "1"}, headers=JSON)
    told = answer.json()
    assert (told["status"], told["looked_at"], told["found"]) == ("tried", 1, 1)
    assert told["examples"] == [{"text": "dron", "found": "dron"}]
    refused = boss.post(ADD, {**NEW, "save": "1"}, headers=JSON)
    assert (refused.status_code, refused.json()["status"]) == (409, "tried")
    done = boss.post(ADD, {**NEW, "save": "1", "tried": told["tried"]}, headers=JSON)
    assert done.json() == {"status": "saved", "rule": Rule.objects.get(name="Drones").pk}


# --- refusals ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"patterns": "ok\npistola("}, "patterns", "Line 2: a parenthesis ( is not closed"),
        ({"patterns": "(?=a)b"}, "patterns", "looking ahead"),
        ({"patterns": "x*"}, "patterns", "empty text"),
        ({"patterns": "# only a comment"}, "patterns", "lines that begin with # say nothing"),
        ({"patterns": "(a{1,900}){1,900}"}, "patterns", "too large"),
        ({"exceptions": "["}, "exceptions", "bracket"),
        ({"in_queries": "", "in_descriptions": ""}, "in_queries", "Choose what"),
        ({"name": ""}, "name", "required"),
        ({"severity": "9"}, "severity", "valid choice"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(boss, changes, field, sentence):
    answer = boss.post(ADD, {**NEW, **changes, "test": "1"}, headers=ENGLISH)
    assert answer.status_code == 400
    page = answer.content.decode()
    place = re.search(rf'id="id_{field}_error">(.*?)</div>', page, re.DOTALL)
    assert sentence in place[1]
    assert 'id="trial"' not in page
    told = boss.post(ADD, {**NEW, **changes}, headers={**JSON, **ENGLISH}).json()
    assert sentence in str(told["errors"][field])


def test_a_name_that_another_rule_has_is_refused(boss):
    rule(name="Drones")
    assert boss.post(ADD, NEW, headers=JSON).json()["errors"]["name"]


def test_what_is_too_slow_is_refused(boss, monkeypatch):
    monkeypatch.setattr(trial, "LONGEST_SECONDS", -1.0)
    searched("a", "b")
    answer = boss.post(ADD, {**NEW, "test": "1"}, headers={**JSON, **ENGLISH})
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid")
    assert "too slow" in str(answer.json()["errors"]["patterns"])
    page = boss.post(ADD, {**NEW, "test": "1"}, headers=ENGLISH)
    assert (page.status_code, "too slow" in page.content.decode()) == (400, True)


def test_what_another_person_changed_meanwhile_is_not_overwritten(boss):
    one = rule()
    seen = hidden(boss.get(address_of(one)).content.decode(), "seen")
    one.reason = "De Carla."
    one.changed(get_user_model().objects.create_user("carla"))
    fields = fields_of(one, reason="Mía.", seen=seen, save="1")
    page = boss.post(address_of(one), fields, headers=ENGLISH)
    assert page.status_code == 409
    assert "carla has changed this rule" in page.content.decode()
    told = boss.post(address_of(one), fields, headers={**JSON, **ENGLISH})
    assert (told.status_code, told.json()["status"]) == (409, "conflict")
    one.refresh_from_db()
    assert one.reason == "De Carla."


def test_a_body_that_is_no_json_is_told(boss):
    answer = boss.post(ADD, "{", content_type="application/json", headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid")


def test_a_text_that_no_database_takes_is_mended(boss):
    told = {**NEW, "reason": "a\ud800b", "test": "1"}
    answer = boss.post(ADD, told, content_type="application/json", headers=JSON)
    assert answer.status_code == 200


def test_the_page_says_whose_a_rule_is(boss):
    shipped = rule(shipped="weapons-guns")
    page = boss.get(address_of(shipped), headers=ENGLISH).content.decode()
    assert "new versions of the product bring it up to date" in page
    shipped.changed(get_user_model().objects.get(username="jefa"))
    page = boss.get(address_of(shipped), headers=ENGLISH).content.decode()
    assert "new versions of the product leave it alone" in page
