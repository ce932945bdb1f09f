"""Events of a day, as a courier's program sends them."""

from datetime import date, datetime, time

from django.utils import timezone

from micasillero.events.models import Event

DAY = date(2026, 11, 20)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime.combine(day, time(hour, minute), timezone.get_default_timezone())


def event(kind: str = "search", **fields: object) -> Event:
    when = fields.setdefault("occurred_at", at(10))
    number = Event.objects.count()
    row = {"event_id": f"e{number}", "client": "casillero", "received_at": when, "session": "s1"}
    return Event.objects.create(type=kind, **{**row, **fields})


def searched(query: str, *people: str, **fields: object) -> None:
    """The query asked once by each of them, in a session of their own."""
    for person in people:
        event(query=query, person=person, session=person, **{"results": 5, **fields})
