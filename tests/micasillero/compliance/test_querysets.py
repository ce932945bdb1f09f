"""Named sets of rules and alerts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from micasillero.compliance.models import Alert, Rule, RuleStamp, Severity

from .rows import alert, rule

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timedelta(days=1)


def test_rules_that_are_on():
    on, off = rule(), rule(enabled=False)
    assert on in Rule.objects.enabled()
    assert off not in Rule.objects.enabled()


@pytest.fixture
def each():
    """An alert in each state, by the state."""
    states = ("open", "acknowledged", "closed")
    return {state: alert(state=state) for state in states}


def test_open_ones(each):
    assert list(Alert.objects.open()) == [each["open"]]


def test_those_in_a_state(each):
    assert list(Alert.objects.in_state("closed")) == [each["closed"]]


def test_those_of_a_severity():
    low = alert(severity=Severity.LOW)
    alert(severity=Severity.HIGH)
    assert list(Alert.objects.of_severity(Severity.LOW)) == [low]


def test_those_raised_in_between_with_the_start_and_without_the_end():
    first = alert(created_at=NOW - DAY)
    alert(created_at=NOW)
    alert(created_at=NOW - 2 * DAY)
    assert list(Alert.objects.between(NOW - DAY, NOW)) == [first]


def test_those_closed_long_ago():
    old = alert(state="closed", closed_at=NOW - 2 * DAY)
    alert(state="closed", closed_at=NOW)
    # Opened again since.
    alert(state="open", closed_at=NOW - 2 * DAY)
    assert list(Alert.objects.closed_before(NOW - DAY)) == [old]


def test_the_worst_and_newest_come_first():
    low = alert(severity=Severity.LOW, last_at=NOW)
    old = alert(severity=Severity.HIGH, last_at=NOW - DAY)
    new = alert(severity=Severity.HIGH, last_at=NOW)
    assert list(Alert.objects.worst_first()) == [new, old, low]


def test_a_write_that_is_taken_back_leaves_a_stamp_never_seen_before():
    rule()
    first = RuleStamp.objects.get().stamp
    Rule.objects.update(enabled=True)
    second = RuleStamp.objects.get().stamp
    Rule.objects.update(enabled=True)
    assert len({first, second, RuleStamp.objects.get().stamp}) == 3
