"""Rules and alerts for tests."""

import itertools
import uuid

from django.utils import timezone

from micasillero.compliance.models import Alert, Category, Rule, Severity
from micasillero.events.models import EventType

_numbers = itertools.count(1)


def rule(patterns="pistolas?", **fields):
    """A rule of a name of its own, unless the fields say otherwise."""
    told = {
        "name": f"Armas {next(_numbers)}",
        "category": Category.PROHIBITED,
        "severity": Severity.HIGH,
        "reason": "Las armas requieren permiso.",
    }
    return Rule.objects.create(patterns=patterns, **{**told, **fields})


def alert(of=None, **fields):
    """An open alert about one search of "pistola"."""
    of = of or rule()
    told = {
        "key": uuid.uuid4(),
        "severity": of.severity,
        "category": of.category,
        "event_type": EventType.SEARCH,
        "client": "web",
        "text": "pistola de agua",
        "found": "pistola",
        "count": 1,
        "last_at": timezone.now(),
    }
    return Alert.objects.create(rule=of, **{**told, **fields})
