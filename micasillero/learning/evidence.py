"""What people were shown and chose, counted as evidence for a query and a tariff line.

Whoever is shown a line at the third place chooses it less often than at the first, whatever it is
worth: choices are therefore compared with how often people choose anything at that place. A person
counts once for a query and a line, however often he asks; and a query is what remains of it without
capitals and accents.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

# Places beyond are seldom seen: they share one rate.
LAST_RANK = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """A line was shown to a person at a place (1 is the first) for a query, and chosen or not.

    ``person`` and ``network`` are words that tell who it was without naming anybody.
    """

    query: str
    code: str
    rank: int
    person: str
    network: str
    day: date
    chosen: bool


@dataclass
class Evidence:
    """What is known of one query and one line.

    ``shown`` and ``chose`` are the people who saw the line and who chose it, ``days`` those on
    which somebody chose it, ``votes`` the choices (one a person and day) by person and by network,
    ``ranks`` the places at which people first saw it.
    """

    shown: set[str] = field(default_factory=set)
    chose: set[str] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    votes: set[tuple[str, str, date]] = field(default_factory=set)
    ranks: Counter[int] = field(default_factory=Counter)

    def add(self, seen: Shown) -> None:
        """Count what one person saw."""
        if seen.person not in self.shown:
            self.ranks[min(seen.rank, LAST_RANK)] += 1
        self.shown.add(seen.person)
        if seen.chosen:
            self.chose.add(seen.person)
            self.days.add(seen.day)
            self.votes.add((seen.person, seen.network, seen.day))

    @property
    def largest_share(self) -> float:
        """Of the votes, that of the person or the network with the most; 0 without any."""
        if not self.votes:
            return 0.0
        people = Counter(person for person, _network, _day in self.votes)
        networks = Counter(network for _person, network, _day in self.votes)
        return max(*people.values(), *networks.values()) / len(self.votes)

    def expected(self, rates: Mapping[int, float]) -> float:
        """The rate at which people choose whatever stands where this line stood."""
        places = self.ranks.total()
        return sum(n * rates.get(rank, 0.0) for rank, n in self.ranks.items()) / (places or 1)


Pair = tuple[str, str]


def counted(seen: Iterable[Shown]) -> dict[Pair, Evidence]:
    """The evidence by query and code."""
    found: dict[Pair, Evidence] = defaultdict(Evidence)
    for one in seen:
        found[one.query, one.code].add(one)
    return dict(found)


def rates_by_rank(seen: Iterable[Shown]) -> dict[int, float]:
    """By place, how many of a hundred times that anything was shown there it was chosen, as a
    fraction."""
    shown: Counter[int] = Counter()
    chosen: Counter[int] = Counter()
    for one in seen:
        rank = min(one.rank, LAST_RANK)
        shown[rank] += 1
        chosen[rank] += one.chosen
    return {rank: chosen[rank] / n for rank, n in shown.items()}
