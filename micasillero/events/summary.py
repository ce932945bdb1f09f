"""One day's events, counted: what happened, never who it was.

A query is told only where several people asked it on that day and nothing in it looks like personal
data: the rare ones are where names and numbers of people are.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import TypedDict

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractHour, Lower
from django.utils import timezone

from micasillero.personal import HIDDEN, is_personal_data

from .models import Event, EventType
from .querysets import EventQuerySet

HOURS = 24
# Queries read beyond those to tell, for the ones that may not be told.
SPARE = 100
# A tariff code in its own spelling has as many digits as a telephone.
_CODE = re.compile(r"\d{4}\.\d{2}(?:\.\d{2}){0,2}")
# An e-mail address whose marks a person, or the way of a query through a program, left out.
_MAILBOX = re.compile(r"@|\b(?:gmail|hotmail|outlook|yahoo|icloud|proton)\W+(?:com|es|net|me)\b")


class Asked(TypedDict):
    """A query in small letters, how often it was asked, and by how many different people."""

    query: str
    times: int
    people: int


class DaySummary(TypedDict):
    """Plain values, for JSON. ``types``: events by type; ``hours``: [searches, other events] for
    each hour of the day; ``missed``: searches without a result. ``asked`` counts the pairs of
    session and query that were searched, ``chosen`` those of them in which a line was selected.
    ``top`` and ``without_result`` begin with what was asked most."""

    types: dict[str, int]
    hours: list[list[int]]
    missed: int
    asked: int
    chosen: int
    top: list[Asked]
    without_result: list[Asked]


def summary(day: date, *, most: int, least_people: int) -> DaySummary:
    """That day's events by the clock of the site, in four queries over that day's events alone.

    At most ``most`` queries a list, none that fewer than ``least_people`` different people asked.
    """
    events = Event.objects.between(*bounds(day))
    types, hours, missed = _counted(events)
    asked, chosen = _followed(events)
    return {
        "types": types,
        "hours": hours,
        "missed": missed,
        "asked": asked,
        "chosen": chosen,
        "top": _most_asked(events.searches(), most, least_people),
        "without_result": _most_asked(events.without_result(), most, least_people),
    }


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of that day and of the next, by the clock of the site."""
    zone = timezone.get_default_timezone()
    first, last = (datetime.combine(d, time.min, zone) for d in (day, day + timedelta(days=1)))
    return first, last


def _counted(events: EventQuerySet) -> tuple[dict[str, int], list[list[int]], int]:
    types, missed = dict.fromkeys(EventType.values, 0), 0
    hours = [[0, 0] for _hour in range(HOURS)]
    rows = events.order_by().values(
        "type", hour=ExtractHour("occurred_at", tzinfo=timezone.get_default_timezone())
    )
    for row in rows.annotate(n=Count("id"), empty=Count("id", filter=Q(results=0))):
        searched = row["type"] == EventType.SEARCH
        types[row["type"]] = types.get(row["type"], 0) + row["n"]
        hours[row["hour"]][not searched] += row["n"]
        missed += row["empty"] if searched else 0
    return types, hours, missed


def _followed(events: EventQuerySet) -> tuple[int, int]:
    """How many pairs of session and query were searched, and how many of them ended in a choice."""
    pairs = (
        events.filter(type__in=(EventType.SEARCH, EventType.SELECTION))
        .order_by()
        .values("session", "query")
        .annotate(
            searches=Count("id", filter=Q(type=EventType.SEARCH)),
            choices=Count("id", filter=Q(type=EventType.SELECTION)),
        )
        .filter(searches__gt=0)
    )
    told = pairs.aggregate(asked=Count("query"), chosen=Count("query", filter=Q(choices__gt=0)))
    return told["asked"], told["chosen"]


def _most_asked(searches: EventQuerySet, most: int, least_people: int) -> list[Asked]:
    rows = _by_people(searches, least_people)[: most + SPARE]
    return [
        Asked(query=row["asked"], times=row["times"], people=row["people"])
        for row in rows
        if not _may_be_personal(row["asked"])
    ][:most]


def _by_people(searches: EventQuerySet, least: int) -> QuerySet:
    """The queries that so many people asked. An event without a person says nothing about them."""
    return (
        searches.exclude(query="")
        .order_by()
        .annotate(asked=Lower("query"))
        .values("asked")
        .annotate(times=Count("id"), people=Count("person", distinct=True, filter=~Q(person="")))
        .filter(people__gte=least)
        .order_by("-times", "asked")
    )


def _may_be_personal(query: str) -> bool:
    if _CODE.fullmatch(query):
        return False
    return HIDDEN in query or is_personal_data(query) or _MAILBOX.search(query) is not None
