"""What the staff confirmed, counted apart from what customers chose.

Staff know the tariff and are few: two of them say more than two customers. A line that stood first
is left out: it was found as it is, and such are accepted many at a time without a look at each.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from micasillero.catalog.codes import digits

from .evidence import Pair
from .sessions import folded


class Confirmed(NamedTuple):
    """Somebody of the staff confirmed a line for a query, as it was written; ``rank`` is where the
    line stood among what the search found, None when it was not among it."""

    query: str
    code: str
    person: int
    day: date
    rank: int | None


@dataclass
class Confirmations:
    """Of one query and one line: by whom, and on which days."""

    people: set[int] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    written: Counter[str] = field(default_factory=Counter)

    def enough(self, people: int, days: int) -> bool:
        return len(self.people) >= people and len(self.days) >= days


def confirmations(rows: Iterable[Confirmed]) -> dict[Pair, Confirmations]:
    """By query and code."""
    found: dict[Pair, Confirmations] = {}
    for row in rows:
        query = folded(row.query)
        if row.rank == 1 or not query:
            continue
        told = found.setdefault((query, digits(row.code)), Confirmations())
        told.people.add(row.person)
        told.days.add(row.day)
        told.written[row.query] += 1
    return found
