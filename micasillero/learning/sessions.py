"""From events to what each person saw and chose.

An impression says what was shown for a query, a selection of the same session and query what was
chosen of it. A selection without its impression counts the chosen line as shown at its place. What
is shown soon after a search that found nothing counts for the words of that search, too: a person
who asks for "burros", finds nothing, asks for "zapatos deportivos" and chooses, has told what
"burros" are.

Events come in the order in which they were stored, which is nearly that in which they happened. So
little is held at a time, however many events there are; what comes too late for its other half
counts by itself.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone

from micasillero.analysis import fold, words
from micasillero.catalog.codes import digits
from micasillero.search.intent import CodeIntent, intent_of

from .evidence import Shown

# Searches, and sessions with a search in vain, that wait for what follows.
MOST_OPEN = 20_000
MOST_IN_VAIN = 10


class Happened(NamedTuple):
    """An event, as far as learning needs it: see micasillero.events.models.Event."""

    type: str
    occurred_at: datetime
    session: str
    person: str
    network: str
    query: str
    results: int | None
    code: str
    rank: int | None
    codes: Sequence[str] | None


class _InVain(NamedTuple):
    query: str
    written: str
    at: datetime


@dataclass
class _Answer:
    """What a person was shown, or chose without our knowing what was shown: codes by place."""

    event: Happened
    query: str
    places: dict[int, str]
    in_vain: list[_InVain]
    chosen: set[str] = field(default_factory=set)

    def shown(self) -> Iterator[Shown]:
        event, day = self.event, local_day(self.event.occurred_at)
        words_asked = [(self.query, event.query, False)]
        words_asked += [(earlier.query, earlier.written, True) for earlier in self.in_vain]
        for rank, code in self.places.items():
            chosen = code in self.chosen
            for query, written, after_nothing in words_asked:
                yield Shown(
                    query, code, rank, event.person, event.network, day, chosen, written,
                    after_nothing,
                )  # fmt: skip


@lru_cache(maxsize=65_536)
def folded(query: str) -> str:
    """What remains of a query without capitals, accents and marks; "" of a tariff code, which is
    found as it is and chosen at the first place, whatever that place is usually worth."""
    return "" if isinstance(intent_of(query), CodeIntent) else " ".join(words(fold(query)))


def local_day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def observed(events: Iterable[Happened], within: timedelta) -> Iterator[Shown]:
    """What the events say; ``within`` such a time a search in vain is followed."""
    sessions = _Sessions(within)
    for event in events:
        yield from sessions.take(event)
    yield from sessions.rest()


class _Sessions:
    def __init__(self, within: timedelta) -> None:
        self._within = within
        self._open: OrderedDict[tuple[str, str], _Answer] = OrderedDict()
        self._in_vain: OrderedDict[str, list[_InVain]] = OrderedDict()

    def take(self, event: Happened) -> Iterator[Shown]:
        """What is known for good by this event."""
        query = folded(event.query)
        if not query:
            return
        if event.type == "search" and event.results == 0:
            self._note(event, query)
        elif event.type == "impression":
            places = {rank: digits(code) for rank, code in enumerate(event.codes or (), start=1)}
            yield from self._begin(event, query, places)
        elif event.type == "selection":
            yield from self._choose(event, query, digits(event.code))

    def rest(self) -> Iterator[Shown]:
        """What waited for more."""
        while self._open:
            yield from self._open.popitem()[1].shown()

    def _note(self, event: Happened, query: str) -> None:
        earlier = [each for each in self._in_vain.pop(event.session, []) if each.query != query]
        now = _InVain(query, event.query, event.occurred_at)
        self._in_vain[event.session] = [*earlier, now][-MOST_IN_VAIN:]
        if len(self._in_vain) > MOST_OPEN:
            self._in_vain.popitem(last=False)

    def _begin(self, event: Happened, query: str, places: dict[int, str]) -> Iterator[Shown]:
        if before := self._open.pop((event.session, query), None):
            yield from before.shown()
        answer = _Answer(event, query, places, self._asked_before(event, query))
        self._open[event.session, query] = answer
        if len(self._open) > MOST_OPEN:
            yield from self._open.popitem(last=False)[1].shown()

    def _choose(self, event: Happened, query: str, code: str) -> Iterator[Shown]:
        answer = self._open.get((event.session, query))
        if answer and code in answer.places.values():
            answer.chosen.add(code)
        else:
            asked_before = self._asked_before(event, query)
            yield from _Answer(event, query, {event.rank or 1: code}, asked_before, {code}).shown()
        # It was found: what is asked from here on is another matter.
        self._in_vain.pop(event.session, None)

    def _asked_before(self, event: Happened, query: str) -> list[_InVain]:
        """What the session had asked in vain shortly before, in other words."""
        return [
            earlier
            for earlier in self._in_vain.get(event.session, ())
            if earlier.query != query
            and timedelta(0) <= event.occurred_at - earlier.at <= self._within
        ]
