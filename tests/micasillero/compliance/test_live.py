"""The rules a process keeps are those that are on."""

import pytest
from django.db import transaction

from micasillero.compliance import live
from micasillero.compliance.models import Rule

from .rows import rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """Moves the process's clock: ``clock.now += seconds``."""

    class Clock:
        now = 1_000.0

        def monotonic(self):
            return self.now

    moved = Clock()
    monkeypatch.setattr(live, "time", moved)
    return moved


def found(text="widget zorbo"):
    rules = live.current()
    return {rules.rules[hit.rule].name for hit in rules.matcher.match(text)}


def test_the_rules_that_are_on_are_matched():
    rule("widget", name="on")
    rule("widget", name="off", enabled=False)
    assert found() == {"on"}


def test_a_new_rule_is_seen_once_a_process_forgets():
    assert found() == set()
    rule("widget", name="new")
    live.forget()
    assert found() == {"new"}


def test_a_process_goes_on_with_its_rules_for_a_moment(clock):
    found()
    rule("widget", name="new")
    clock.now += live.LOOK_EVERY - 0.01
    assert found() == set()
    clock.now += 0.02
    assert found() == {"new"}


def change(of):
    of.patterns = "mesa"
    of.save()


@pytest.mark.parametrize(
    "written",
    [
        change,
        lambda of: Rule.objects.filter(pk=of.pk).update(enabled=False),
        lambda of: Rule.objects.filter(pk=of.pk).delete(),
        lambda of: of.delete(),
        lambda of: Rule.objects.bulk_update([Rule(pk=of.pk, patterns="mesa")], ["patterns"]),
    ],
    ids=["save", "update", "delete", "delete one", "bulk_update"],
)
def test_whatever_changes_a_rule_is_seen(clock, written):
    kept = rule("widget", name="old")
    assert found() == {"old"}
    written(kept)
    clock.now += live.LOOK_EVERY
    assert found() == set()


def test_rules_made_in_bulk_are_seen(clock):
    found()
    Rule.objects.bulk_create(
        [Rule(name="many", category="RESTRICTED", severity=1, patterns="zorbo")]
    )
    clock.now += live.LOOK_EVERY
    assert found() == {"many"}


def test_a_change_that_was_taken_back_is_forgotten(clock):
    kept = rule("widget", name="old")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        change(kept)
        clock.now += live.LOOK_EVERY
        assert found() == set()
        1 / 0  # noqa: B018
    clock.now += live.LOOK_EVERY
    assert found() == {"old"}


def test_rules_are_read_only_when_one_has_changed(clock, django_assert_num_queries):
    rule("widget")
    live.current()
    with django_assert_num_queries(0):
        first = live.current()
    clock.now += live.LOOK_EVERY
    with django_assert_num_queries(1):
        assert live.current() is first


def test_a_rule_that_cannot_be_compiled_costs_the_others_nothing():
    rule("(widget", name="broken")
    rule("widget", name="whole")
    assert found() == {"whole"}
