"""Events as a courier's program sends them."""

import itertools
from datetime import timedelta

from django.utils import timezone

_numbers = itertools.count(1)


def event(**fields):
    """A valid search of its own id, unless the fields say otherwise."""
    told = {
        "event_id": f"e{next(_numbers)}",
        "client_id": "casillero 4711",
        "session": "s1",
        "type": "search",
        "occurred_at": (timezone.now() - timedelta(seconds=5)).isoformat(),
    }
    if fields.get("type", "search") == "search":
        return {**told, "query": "tenis para correr", "results": 3, **fields}
    return {**told, **fields}


def declaration(description, **fields):
    return event(type="declaration", description=description, **fields)
