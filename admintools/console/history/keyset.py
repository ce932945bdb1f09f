"""Pages of a list that grows at its head: each begins at a row, not at a number of rows.

So the last page is as quick as the first, and a page opened from a link shows the same runs after
a hundred new ones.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from admintools.jobs.models import TaskHistory
from admintools.jobs.models.querysets import TaskHistoryQuerySet

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TEXT = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")


@dataclass(frozen=True, order=True)
class Place:
    """Where a run stands in the list. As text: microseconds since 1970, a hyphen, the row's id."""

    created_at: datetime
    pk: int

    @classmethod
    def of(cls, run: TaskHistory) -> Self:
        return cls(run.created_at, run.pk)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for anything that ``str`` of a place does not give."""
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError("not a place in the list")
        return cls(_EPOCH + int(match[1]) * _MICROSECOND, int(match[2]))

    def __str__(self) -> str:
        return f"{(self.created_at - _EPOCH) // _MICROSECOND}-{self.pk}"


@dataclass(frozen=True)
class Page:
    """Runs, newest first. ``newer`` and ``older`` are the places to go on from, None at an end."""

    runs: list[TaskHistory]
    newer: Place | None = None
    older: Place | None = None


Parts = Sequence[TaskHistoryQuerySet]


def page(
    parts: Parts, size: int, *, before: Place | None = None, after: Place | None = None
) -> Page:
    """So many runs of all ``parts``: below ``before``, just above ``after``, or the newest.

    Where less than a page is left above ``after``, the newest page: nobody wants three rows.
    """
    if after is not None:
        above = _above(parts, after, size + 1)
        if len(above) > size:
            shown = above[-size:]
            return Page(_runs(shown), newer=shown[0], older=shown[-1])
        before = None
    places = _places_below(parts, size + 1, before)
    older = places[size - 1] if len(places) > size else None
    newest_shown = places[0] if places else before
    newer = newest_shown if before and newest_shown and _above(parts, newest_shown, 1) else None
    return Page(_runs(places[:size]), newer, older)


def below(parts: Parts, count: int, place: Place | None) -> list[TaskHistory]:
    """At most so many runs below a place, or from the top; newest first."""
    return _runs(_places_below(parts, count, place))


# Places are read first and the runs by their keys after: an index alone gives the places, so that
# nothing that a filter passes over is fetched, however the runs it wants are spread.


def _places_below(parts: Parts, count: int, place: Place | None) -> list[Place]:
    if place is not None:
        parts = [part.older_than(place.created_at, place.pk) for part in parts]
    found = {p for part in parts for p in _places(part.newest_first()[:count])}
    return sorted(found, reverse=True)[:count]


def _above(parts: Parts, place: Place, count: int) -> list[Place]:
    """The so many places just above one, newest first."""
    above = [part.newer_than(place.created_at, place.pk) for part in parts]
    found = {p for part in above for p in _places(part.oldest_first()[:count])}
    return sorted(found)[:count][::-1]


def _places(runs: TaskHistoryQuerySet) -> Iterator[Place]:
    return (Place(*place) for place in runs.values_list("created_at", "id"))


def _runs(places: Sequence[Place]) -> list[TaskHistory]:
    """The runs at these places; one that was deleted meanwhile is left out."""
    keys = [place.pk for place in places]
    # A traceback may be long, and no list shows it.
    runs = TaskHistory.objects.filter(pk__in=keys).defer("traceback").in_bulk()
    return [runs[key] for key in keys if key in runs]
