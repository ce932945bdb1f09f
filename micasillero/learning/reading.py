"""The events that learning starts from, read in pages."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, QuerySet

from micasillero.events.models import Event

from .evidence import Shown
from .robots import Robots
from .sessions import Happened, observed

TYPES = ("search", "impression", "selection")
# Read together: a few megabytes.
PAGE = 5_000


def events_since(moment: datetime) -> QuerySet[Event]:
    """Searches, impressions and selections, but for those of LEARNING_IGNORED_CLIENTS."""
    found = Event.objects.filter(occurred_at__gte=moment, type__in=TYPES)
    return found.exclude(client__in=settings.LEARNING_IGNORED_CLIENTS)


class Reading:
    """The events from a moment on, as they were when it was made; ``total`` of them. It may be
    gone through several times, with a page in memory at a time."""

    def __init__(self, since: datetime) -> None:
        last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
        self._events = events_since(since).filter(pk__lte=last).order_by("pk")
        self.total = self._events.count()
        self._robots = Robots.among(self._events)

    def observed(self, on_page: Callable[[int], None]) -> Iterator[Shown]:
        """What people saw and chose. ``on_page`` is told how many events were read, page by page;
        what it raises ends the reading."""
        within = timedelta(seconds=settings.LEARNING_FOLLOW_SECONDS)
        return observed(self._people(on_page), within)

    def _people(self, on_page: Callable[[int], None]) -> Iterator[Happened]:
        last, done = 0, 0
        while page := list(self._page(last)):
            last, done = page[-1][0], done + len(page)
            on_page(done)
            events = [Happened._make(row) for _pk, *row in page]
            # Several workers store at once: a selection may stand before its impression.
            events.sort(key=lambda event: event.occurred_at)
            yield from (event for event in events if not self._robots.sent(event))

    def _page(self, last: int) -> QuerySet:
        return self._events.filter(pk__gt=last).values_list("pk", *Happened._fields)[:PAGE]
