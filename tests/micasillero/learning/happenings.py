"""Events as couriers' programs tell them: what was asked, shown and chosen."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from micasillero.events.models import Event
from micasillero.learning.sessions import Happened

NOON = datetime(2026, 11, 2, 12, tzinfo=ZoneInfo("America/Tegucigalpa"))
SHOES, BOOTS, TV = "6404.11.00.00", "6402.91.00.00", "8528.72.00.00"


def happened(type_, query="tenis nike", *, person="p1", session="", day=0, minutes=0.0, **fields):
    told = {"results": None, "code": "", "rank": None, "codes": None, "network": f"net {person}"}
    at = NOON + timedelta(days=day, minutes=minutes)
    return Happened(
        type=type_, occurred_at=at, session=session or f"s of {person}", person=person,
        query=query, **{**told, **fields},
    )  # fmt: skip


def searched(query, results=0, **fields):
    return happened("search", query, results=results, **fields)


def shown(*codes, query="tenis nike", **fields):
    return happened("impression", query, codes=list(codes), **fields)


def chose(code, query="tenis nike", rank=1, **fields):
    return happened("selection", query, code=code, rank=rank, **fields)


def told_by(*people, day=None, **fields):
    """Each was shown two lines and chose the second."""
    for n, person in enumerate(people):
        on = {"person": person, "day": n % 3 if day is None else day, **fields}
        yield shown(BOOTS, SHOES, **on)
        yield chose(SHOES, rank=2, **on)


def passed_by(*people, **fields):
    """Each was shown the same two lines and chose neither."""
    for person in people:
        yield shown(BOOTS, SHOES, person=person, **fields)


def store(events, client="courier"):
    Event.objects.bulk_create(
        Event(event_id=f"e{n}", client=client, received_at=one.occurred_at, **one._asdict())
        for n, one in enumerate(events)
    )
