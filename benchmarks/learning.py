"""Are the keywords that are learned from choices right? Against "three choices are enough".

    python benchmarks/learning.py

Prints one JSON line. People ask queries, popular ones more often, and look at the first places more
often than at the others; what they look at they choose when it is right, seldom when it is wrong.
One in ten first asks in words that the search does not know, finds nothing, and asks again. Five of
a hundred people are spam: each chooses the line that it was made for, right or wrong, whenever it
sees it. What they do goes as events through the product's own reading (learning.sessions), counting
and rule. A learned pair of query and line is right when the line is among the right ones of the
query. `recall` is over the pairs that could be learned: right and shown; `recall_in_vain` over
those of the words that find nothing, which few people ask. Medians over rounds with seeds of their
own; `spam` and all other numbers are arguments.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from django.conf import settings

from micasillero.learning.evidence import Pair, counted, often_chosen
from micasillero.learning.rule import Thresholds, lacking
from micasillero.learning.sessions import Happened, observed

# All that reading asks of Django is where days begin.
settings.configure(USE_TZ=True, TIME_ZONE="America/Tegucigalpa")

TARGET_PRECISION = 0.98
SHOWN = 10
BEGIN = datetime(2026, 11, 1, 12, tzinfo=UTC)
RIGHT, WRONG = 0.5, 0.04
SLANG = "slang "
SIMPLE_CHOICES = 3
FOLLOW = timedelta(minutes=10)


def main() -> int:
    parser = argparse.ArgumentParser(description="Is what is learned right?")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--people", type=int, default=1_500)
    parser.add_argument("--searches", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--spam", type=float, default=0.05, help="share of people (0.05)")
    parser.add_argument("--in-vain", type=float, default=0.1, help="share of searches (0.1)")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rounds = [_round(options, seed) for seed in range(options.rounds)]
    told = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    print(
        json.dumps(
            {
                "benchmark": "learning",
                **{name: getattr(options, name) for name in ("queries", "people", "searches")},
                "spam": options.spam,
                "in_vain": options.in_vain,
                "rounds": options.rounds,
                "target_precision": TARGET_PRECISION,
                **{name: round(value, 3) for name, value in told.items()},
                "met": told["precision"] >= TARGET_PRECISION,
            }
        )
    )
    return 0


def _round(options: argparse.Namespace, seed: int) -> dict[str, float]:
    world = World(options, random.Random(seed))
    seen = list(observed(world.events(), FOLLOW))
    thresholds = Thresholds()
    told = counted(seen, often_chosen(seen, thresholds.people))
    rates = told.rates
    ours = {pair for pair, known in told.evidence.items() if not lacking(known, rates, thresholds)}
    shown = {(one.query, one.code) for one in seen}
    chosen = Counter((one.query, one.code) for one in seen if one.chosen)
    simple = {pair for pair, n in chosen.items() if n >= SIMPLE_CHOICES}
    figures = {"learned": float(len(ours)), "simple_learned": float(len(simple))}
    for name, learned in (("", ours), ("simple_", simple)):
        right = {pair for pair in learned if world.is_right(pair)}
        figures[f"{name}precision"] = len(right) / len(learned) if learned else 1.0
        for slang in (False, True):
            possible = {pair for pair in shown if world.is_right(pair) and is_slang(pair) == slang}
            found = f"{name}recall{'_in_vain' if slang else ''}"
            figures[found] = len(right & possible) / len(possible) if possible else 1.0
    return figures


def is_slang(pair: Pair) -> bool:
    """Was the line never shown for these words, but for what people asked next?"""
    return pair[0].startswith(SLANG)


class World:
    """Queries with what is found for them, and people. A query is called "q7"; in the words that
    find nothing "slang q7"; its lines are "7000" to "7009"."""

    def __init__(self, options: argparse.Namespace, chance: random.Random) -> None:
        self._options, self._chance = options, chance
        self._found = [[f"{q}{n:03}" for n in range(SHOWN)] for q in range(options.queries)]
        # One to three lines are right, anywhere among those found: the search is not perfect.
        self._right = [set(chance.sample(found, chance.randint(1, 3))) for found in self._found]
        spammers = round(options.people * options.spam)
        self._spam = {n: self._line() for n in range(spammers)}

    def is_right(self, pair: Pair) -> bool:
        return pair[1] in self._right[int(pair[0].rpartition("q")[2])]

    def _line(self) -> str:
        return self._chance.choice(self._chance.choice(self._found))

    def events(self) -> Iterator[Happened]:
        """What each search says, as the couriers' programs tell it."""
        queries = range(self._options.queries)
        popular = list(itertools.accumulate(1 / (q + 1) for q in queries))
        for n in range(self._options.searches):
            person = self._chance.randrange(self._options.people)
            query = self._chance.choices(queries, cum_weights=popular)[0]
            pushed = self._spam.get(person)
            if pushed:
                query = int(pushed[:-3])
            at = BEGIN + timedelta(days=self._chance.randrange(self._options.days))
            told = Happened(
                "impression", at, f"s{n}", f"p{person}", f"n{person // 3}", f"q{query}",
                None, "", None, self._found[query],
            )  # fmt: skip
            yield from self._search(told, query, pushed)

    def _search(self, told: Happened, query: int, pushed: str | None) -> Iterator[Happened]:
        if self._chance.random() < self._options.in_vain:
            yield told._replace(type="search", query=f"{SLANG}q{query}", results=0, codes=None)
        yield told
        for rank, code in enumerate(self._found[query], start=1):
            if code == pushed if pushed else self._chooses(query, code, rank):
                yield told._replace(type="selection", code=code, rank=rank, codes=None)

    def _chooses(self, query: int, code: str, rank: int) -> bool:
        looked = self._chance.random() < 1 / rank
        return looked and self._chance.random() < (RIGHT if code in self._right[query] else WRONG)


if __name__ == "__main__":
    sys.exit(main())
