"""The rules that are on, compiled and kept by each process until somebody changes one."""

import threading
import time
from dataclasses import dataclass
from uuid import UUID

from .matcher import DESCRIPTIONS, QUERIES, Matcher, Wanted
from .models import Rule, RuleStamp

# So long a process may go on with the rules it has, in seconds.
LOOK_EVERY = 1.0


@dataclass(frozen=True)
class RuleSet:
    """The rules of one stamp, by id, and what finds them."""

    stamp: UUID | None
    rules: dict[int, Rule]
    matcher: Matcher


class _Kept:
    """The set in use, and when to ask whether it still is the newest."""

    def __init__(self) -> None:
        self.set: RuleSet | None = None
        self.look_at = 0.0
        self.lock = threading.Lock()


_kept = _Kept()


def current() -> RuleSet:
    """The rules in force. One query a second at most, and the rules are read only when changed."""
    with _kept.lock:
        if _kept.set is None or time.monotonic() >= _kept.look_at:
            stamp = RuleStamp.objects.values_list("stamp", flat=True).first()
            if _kept.set is None or _kept.set.stamp != stamp:
                _kept.set = _read(stamp)
            _kept.look_at = time.monotonic() + LOOK_EVERY
        return _kept.set


def forget() -> None:
    """Read them afresh at the next call."""
    _kept.set = None


def wanted(rule: Rule) -> Wanted:
    """The rule as the matcher takes it."""
    places = {QUERIES: rule.in_queries, DESCRIPTIONS: rule.in_descriptions}
    looked_at = frozenset(place for place, looks in places.items() if looks)
    return Wanted(rule.pk, rule.patterns, rule.exceptions, looked_at)


def _read(stamp: UUID | None) -> RuleSet:
    # After the stamp: rules newer than it are read once more, older ones never kept.
    rules = {rule.pk: rule for rule in Rule.objects.enabled()}
    return RuleSet(stamp, rules, Matcher(map(wanted, rules.values())))
