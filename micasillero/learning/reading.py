"""The events that learning starts from, read in pages."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from sys import intern
from typing import Any

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from micasillero.events.models import Event

from .evidence import Shown
from .robots import Robots
from .sessions import Happened, observed

TYPES = ("search", "impression", "selection")
IN_VAIN = Q(type="search", results=0)
CHOSEN = Q(type="selection")
SHOWN = Q(type="impression")
# Read together: a few megabytes.
PAGE = 5_000


def events_since(moment: datetime) -> QuerySet[Event]:
    """Searches, impressions and selections, but for those of LEARNING_IGNORED_CLIENTS."""
    found = Event.objects.filter(occurred_at__gte=moment, type__in=TYPES)
    return found.exclude(client__in=settings.LEARNING_IGNORED_CLIENTS)


class Reading:
    """The events from a moment on, as they were when it was made: ``total`` of them. They may be
    gone through several times, with a page in memory at a time.

    ``on_page`` is told how many events were read, page by page; what it raises ends the reading.
    """

    def __init__(self, since: datetime) -> None:
        last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
        events = events_since(since).filter(pk__lte=last).order_by("pk")
        self._choices = events.filter(CHOSEN | IN_VAIN)
        self._all = events.filter(CHOSEN | IN_VAIN | SHOWN)
        self._robots = Robots.among(events)
        self.total = events.count()
        self.choices_total, self.observed_total = self._choices.count(), self._all.count()

    def choices(self, on_page: Callable[[int], None]) -> Iterator[Shown]:
        """What people chose, without what else they saw; of choices_total events."""
        return self._observed(self._choices, on_page)

    def observed(self, on_page: Callable[[int], None]) -> Iterator[Shown]:
        """What people saw and chose; of observed_total events."""
        return self._observed(self._all, on_page)

    def _observed(self, events: QuerySet, on_page: Callable[[int], None]) -> Iterator[Shown]:
        within = timedelta(seconds=settings.LEARNING_FOLLOW_SECONDS)
        return observed(self._of_people(events, on_page), within)

    def _of_people(self, events: QuerySet, on_page: Callable[[int], None]) -> Iterator[Happened]:
        last, done = 0, 0
        rows = events.values_list("pk", *Happened._fields)
        while page := list(rows.filter(pk__gt=last)[:PAGE]):
            last, done = page[-1][0], done + len(page)
            on_page(done)
            happened = [_happened(row) for _pk, *row in page]
            # Several workers store at once: a selection may stand before its impression.
            happened.sort(key=lambda event: event.occurred_at)
            yield from (event for event in happened if not self._robots.sent(event))


def _happened(row: list[Any]) -> Happened:
    event = Happened._make(row)
    # Who saw a line is kept until the end, for each line: as one and the same text.
    return event._replace(person=intern(event.person), network=intern(event.network))
