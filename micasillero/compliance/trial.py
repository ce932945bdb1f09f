"""What a rule would have found in the events of the last days: asked before it is saved."""

import time
from dataclasses import dataclass
from datetime import datetime

from micasillero.events.models import Event
from micasillero.personal import redacted

from .alerting import LOOKED_AT
from .live import wanted
from .matcher import Matcher
from .models import Rule

EVENTS = 2_000
# Older ones are not looked through for those of a kind that hardly ever comes.
NEWEST = 200_000
SHOWN = 20
# RE2 takes no more than time in proportion to the text; a very large expression takes a lot of it.
LONGEST_SECONDS = 5.0


@dataclass(frozen=True)
class Example:
    """An event that the rule finds: what it says, without personal data, and the words found."""

    type: str
    client: str
    occurred_at: datetime
    text: str
    found: str


@dataclass(frozen=True)
class Trial:
    """So many events were looked at in so many seconds, and so many of them found; the newest of
    these are the examples. ``cut``: it took too long and was given up."""

    looked_at: int
    found: int
    examples: list[Example]
    seconds: float
    cut: bool


def try_out(rule: Rule) -> Trial:
    """Look at the last events of the kinds that the rule, saved or not, looks at.

    Its expressions must be sound (Rule.clean). Writes nothing.
    """
    matcher = Matcher([wanted(rule)])
    events = _newest(wanted(rule).places)
    looked_at, found = 0, 0
    examples: list[Example] = []
    began = time.monotonic()
    for event in events:
        hits = matcher.match(event.text, LOOKED_AT[event.type][0])
        looked_at, found = looked_at + 1, found + bool(hits)
        if hits and len(examples) < SHOWN:
            examples.append(_example(event, hits[0].found))
        if time.monotonic() - began > LONGEST_SECONDS:
            break
    seconds = time.monotonic() - began
    return Trial(looked_at, found, examples, seconds, cut=looked_at < len(events))


def _newest(places: frozenset[str]) -> list[Event]:
    """The last EVENTS of those places, among the NEWEST of all; in memory, for the time's sake."""
    types = [kind for kind, (place, _column) in LOOKED_AT.items() if place in places]
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    recent = Event.objects.filter(pk__gt=last - NEWEST, type__in=types).order_by("-pk")
    return list(recent.only("type", "client", "occurred_at", "query", "description")[:EVENTS])


def _example(event: Event, found: str) -> Example:
    text = redacted(event.text)
    return Example(event.type, event.client, event.occurred_at, text, redacted(found))
