"""What a rule must be."""

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from micasillero.compliance.models import Alert, Category, Rule, RuleStamp, Severity
from micasillero.events.models import Event

from .rows import alert, rule


def unsaved(**fields):
    told = {"name": "Widgets", "category": Category.RESTRICTED, "severity": Severity.LOW}
    return Rule(**{**told, "patterns": "widgets?", "reason": "Necesitan permiso.", **fields})


def faults_of(**fields):
    with pytest.raises(ValidationError) as refused:
        unsaved(**fields).full_clean(validate_unique=False, validate_constraints=False)
    return refused.value.message_dict


def test_a_rule_that_holds_together_is_clean():
    unsaved(exceptions="widget de juguete").full_clean(
        validate_unique=False, validate_constraints=False
    )


def test_each_fault_of_each_field_is_told():
    faults = faults_of(patterns="(widget\nw*", exceptions="[a")
    assert [fault.partition(":")[0] for fault in faults["patterns"]] == ["Line 1", "Line 2"]
    assert faults["exceptions"][0].startswith("Line 1: a bracket")


def test_comments_alone_are_no_patterns():
    (fault,) = faults_of(patterns="# widget\n")["patterns"]
    assert fault.startswith("Write an expression")


def test_no_patterns_at_all_are_told_once():
    assert len(faults_of(patterns="")["patterns"]) == 1


def test_a_rule_has_to_look_at_something():
    faults = faults_of(in_queries=False, in_descriptions=False)
    assert faults == {"in_queries": ["Choose what the rule looks at: searches, declarations."]}


@pytest.mark.parametrize("where", ["in_queries", "in_descriptions"])
def test_one_of_them_is_enough(where):
    places = {"in_queries": False, "in_descriptions": False, where: True}
    unsaved(**places).full_clean(validate_unique=False, validate_constraints=False)


@pytest.mark.parametrize(
    "wrong", [{"severity": 9}, {"category": "ALLOWED"}, {"name": "w" * 81}, {"reason": ""}]
)
def test_what_no_field_takes_is_refused(wrong):
    assert list(faults_of(**wrong)) == list(wrong)


def test_a_change_by_a_person_is_that_persons(db):
    ana = get_user_model().objects.create_user("ana")
    changed = rule(shipped="widgets")
    changed.changed(ana)
    changed.refresh_from_db()
    assert changed.changed_by == ana
    assert changed.changed_at is not None


def test_every_save_changes_the_stamp(db):
    saved = rule()
    before = RuleStamp.objects.get().stamp
    saved.save()
    assert RuleStamp.objects.get().stamp != before


def test_a_save_that_fails_leaves_the_stamp(db):
    rule(name="Widgets")
    before = RuleStamp.objects.get().stamp
    with pytest.raises(IntegrityError), transaction.atomic():
        rule(name="Widgets")
    assert RuleStamp.objects.get().stamp == before


def test_a_rule_with_alerts_stays(db):
    raised = alert()
    with pytest.raises(ProtectedError):
        raised.rule.delete()
    assert Alert.objects.get() == raised


def test_an_alert_outlives_its_event(db):
    raised = alert(event_id=4711)
    Event.objects.all().delete()
    raised.refresh_from_db()
    assert raised.text == "pistola de agua"


def test_rules_and_alerts_say_what_they_are(db):
    of = rule(name="Widgets")
    assert (str(of), str(alert(of=of, found="widget"))) == ("Widgets", "Widgets: widget")
