"""What people were shown and chose, counted as evidence for a query and a tariff line.

Whoever is shown a line at the third place chooses it less often than at the first, whatever it is
worth: choices are therefore compared with how often people choose anything at that place. A person
counts once for a query and a line, however often he asks; and a query is what remains of it without
capitals and accents.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

# Places beyond are seldom seen: they share one rate.
LAST_RANK = 10


class Shown(NamedTuple):
    """A line was shown to a person at a place (1 is the first) for a query, and chosen or not.

    ``written`` is the query as the person wrote it. ``person`` and ``network`` are words that tell
    who it was without naming anybody; ``network`` "" is unknown. ``after_nothing``: the query found
    nothing; the line was shown for what the person asked next.
    """

    query: str
    code: str
    rank: int
    person: str
    network: str
    day: date
    chosen: bool
    written: str = ""
    after_nothing: bool = False


@dataclass
class Evidence:
    """What is known of one query and one line.

    ``shown`` and ``chose`` are the people who saw the line and who chose it, ``days`` those on
    which somebody chose it, ``votes`` the network of each choice, one a person and day, ``ranks``
    the places at which people first saw it, ``followed`` those of ``chose`` who were told of it
    only after the query had found nothing, ``written`` how those who chose it wrote the query.
    """

    shown: set[str] = field(default_factory=set)
    chose: set[str] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    votes: dict[tuple[str, date], str] = field(default_factory=dict)
    ranks: Counter[int] = field(default_factory=Counter)
    followed: set[str] = field(default_factory=set)
    written: Counter[str] = field(default_factory=Counter)

    def add(self, seen: Shown) -> None:
        """Count what one person saw."""
        if seen.person not in self.shown:
            self.ranks[min(seen.rank, LAST_RANK)] += 1
        self.shown.add(seen.person)
        if not seen.chosen:
            return
        if (seen.person, seen.day) not in self.votes:
            self.votes[seen.person, seen.day] = seen.network or seen.person
            self.written[seen.written or seen.query] += 1
        self.days.add(seen.day)
        self.chose.add(seen.person)
        if seen.after_nothing:
            self.followed.add(seen.person)

    @property
    def largest_share(self) -> float:
        """Of the votes, that of the person or the network with the most; 0 without any."""
        if not self.votes:
            return 0.0
        people = Counter(person for person, _day in self.votes)
        networks = Counter(self.votes.values())
        return max(*people.values(), *networks.values()) / len(self.votes)

    def expected(self, rates: Mapping[int, float]) -> float:
        """The rate at which people choose whatever stands where this line stood."""
        places = self.ranks.total()
        return sum(n * rates.get(rank, 0.0) for rank, n in self.ranks.items()) / (places or 1)


Pair = tuple[str, str]


def often_chosen(seen: Iterable[Shown], people: int) -> set[Pair]:
    """The pairs of query and code that at least so many people chose: no others need be counted."""
    found: dict[Pair, set[str]] = {}
    for one in seen:
        if one.chosen:
            chose = found.setdefault((one.query, one.code), set())
            if len(chose) < people:
                chose.add(one.person)
    return {pair for pair, chose in found.items() if len(chose) >= people}


@dataclass
class Counted:
    """``evidence`` by pair; ``shown`` and ``chosen`` count the lines shown and chosen at each
    place, of all pairs."""

    evidence: dict[Pair, Evidence] = field(default_factory=dict)
    shown: Counter[int] = field(default_factory=Counter)
    chosen: Counter[int] = field(default_factory=Counter)

    @property
    def rates(self) -> dict[int, float]:
        """By place, how many of a hundred times that anything was shown there it was chosen, as a
        fraction."""
        return {rank: self.chosen[rank] / n for rank, n in self.shown.items()}


def counted(seen: Iterable[Shown], pairs: Container[Pair]) -> Counted:
    """The evidence of these pairs, and the rates of all."""
    found = Counted()
    for one in seen:
        if not one.after_nothing:  # it is told for what was asked next, too
            rank = min(one.rank, LAST_RANK)
            found.shown[rank] += 1
            found.chosen[rank] += one.chosen
        pair = one.query, one.code
        if pair in pairs:
            found.evidence.setdefault(pair, Evidence()).add(one)
    return found
