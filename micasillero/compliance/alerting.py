"""Events in, alerts out: what a person should look at, once for each person, rule and day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from micasillero.events.models import LONGEST_TEXT, Event, EventType
from micasillero.personal import HIDDEN, redacted

from . import live
from .matcher import DESCRIPTIONS, GAP, QUERIES, Hit, as_words
from .models import Alert, Rule

# Of the other types a search tells the same: a selection is made among its results.
LOOKED_AT = {
    EventType.SEARCH.value: (QUERIES, "query"),
    EventType.DECLARATION.value: (DESCRIPTIONS, "description"),
}
KEYS = UUID("6b0b6a0e-8e0c-4c38-9d58-0f6d8f1f5f0b")
SEPARATOR = "\x1f"
UPDATED = ("count", "text", "found", "event", "last_at")


def raise_alerts(events: Sequence[Event]) -> list[Alert]:
    """Look at stored events (searches and declarations) and keep what the rules find.

    Returns the alerts that are new; those that stood already count one more. Call it in the
    transaction that stores the events: both are there, or neither. Three statements however many
    events there are, none where no rule finds anything.
    """
    rules = live.current()
    sightings = _group(
        (event, rules.rules[hit.rule], hit)
        for event in events
        if (where := LOOKED_AT.get(event.type))
        for hit in rules.matcher.match(getattr(event, where[1]), where[0])
    )
    return _store(sightings) if sightings else []


@dataclass
class _Sighting:
    """Alike events of this call: the alert as it would be new, with the last of them."""

    alert: Alert
    count: int = 0


def _group(found: Iterable[tuple[Event, Rule, Hit]]) -> dict[UUID, _Sighting]:
    sightings: dict[UUID, _Sighting] = {}
    for event, rule, hit in found:
        key = _key(event, hit)
        held = sightings.get(key)
        if held is None or held.alert.last_at <= event.occurred_at:
            alert = _alert(key, event, rule, hit)
            sightings[key] = _Sighting(alert, held.count if held else 0)
        sightings[key].count += 1
    return sightings


def _key(event: Event, hit: Hit) -> UUID:
    """The same for events that are one alert: of one person on one day, found by one rule.

    A search page asks at each key, so that searches are told apart by what was found in them
    ("pistola g", "pistola gl"); declarations by all that they say.
    """
    said = hit.found if event.type == EventType.SEARCH else event.description.casefold()
    day = timezone.localdate(event.occurred_at)
    parts = (str(hit.rule), event.client, event.person, event.type, day.isoformat(), said)
    return uuid5(KEYS, SEPARATOR.join(parts))


def _alert(key: UUID, event: Event, rule: Rule, hit: Hit) -> Alert:
    text = redacted(event.text)
    return Alert(
        rule=rule,
        key=key,
        severity=rule.severity,
        category=rule.category,
        event=event,
        event_type=event.type,
        client=event.client,
        person=event.person,
        # Folded, one letter may become several.
        text=text[:LONGEST_TEXT],
        found=_shown(hit.found, text)[:LONGEST_TEXT],
        last_at=event.occurred_at,
    )


def _shown(found: str, text: str) -> str:
    """The words found that stand in the redacted text: as words, an address is none any more."""
    said = {GAP.strip(), *as_words(text).split()}
    return " ".join(word if word in said else HIDDEN for word in found.split())


def _store(sightings: dict[UUID, _Sighting]) -> list[Alert]:
    """Two workers may store the same alert at once: both insert it uncounted, one of them in vain,
    and then each adds its own. In the order of their keys, so that they do not wait in a circle."""
    in_order = [sightings[key] for key in sorted(sightings)]
    with transaction.atomic():
        Alert.objects.bulk_create([each.alert for each in in_order], ignore_conflicts=True)
        standing = Alert.objects.filter(key__in=sightings).order_by("key").select_for_update()
        alerts = list(standing)
        fresh = [alert for alert in alerts if not alert.count]
        for alert in alerts:
            _count(alert, sightings[alert.key])
        Alert.objects.bulk_update(alerts, UPDATED)
    return fresh


def _count(alert: Alert, sighting: _Sighting) -> None:
    # Read already: whoever tells of the alert needs its name.
    alert.rule = sighting.alert.rule
    alert.count += sighting.count
    if alert.last_at <= sighting.alert.last_at:
        for name in ("text", "found", "event", "last_at"):
            setattr(alert, name, getattr(sighting.alert, name))
