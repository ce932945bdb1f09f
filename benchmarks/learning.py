"""Are the keywords that are learned from choices right? Against "three choices are enough".

    python benchmarks/learning.py

Prints one JSON line. People ask queries, popular ones more often, and look at the first places more
often than at the others; what they look at they choose when it is right, seldom when it is wrong.
Five of a hundred people are spam: each chooses the line that it was made for, right or wrong,
whenever it sees it. A learned pair of query and line is right when the line is among the right ones
of the query. `precision` and `recall` are over the pairs that could be learned: right and shown.
Medians over rounds with seeds of their own; `spam` and all other numbers are arguments.
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
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from micasillero.learning.evidence import Pair, Shown, counted, rates_by_rank
from micasillero.learning.rule import Thresholds, lacking

TARGET_PRECISION = 0.98
SHOWN = 10
BEGIN = date(2026, 11, 1)
RIGHT, WRONG = 0.5, 0.04
SIMPLE_CHOICES = 3


def main() -> int:
    parser = argparse.ArgumentParser(description="Is what is learned right?")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--people", type=int, default=1_500)
    parser.add_argument("--searches", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--spam", type=float, default=0.05, help="share of people (0.05)")
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
    seen = list(world.searches())
    evidence, rates = counted(seen), rates_by_rank(seen)
    ours = {pair for pair, known in evidence.items() if not lacking(known, rates, Thresholds())}
    chosen = Counter((one.query, one.code) for one in seen if one.chosen)
    simple = {pair for pair, n in chosen.items() if n >= SIMPLE_CHOICES}
    possible = {pair for pair in evidence if world.is_right(pair)}
    figures = {"learned": float(len(ours)), "simple_learned": float(len(simple))}
    for name, learned in (("", ours), ("simple_", simple)):
        right = len(learned & possible)
        figures[f"{name}precision"] = right / len(learned) if learned else 1.0
        figures[f"{name}recall"] = right / len(possible) if possible else 1.0
    return figures


class World:
    """Queries with what is found for them, and people."""

    def __init__(self, options: argparse.Namespace, chance: random.Random) -> None:
        self._options, self._chance = options, chance
        self._found = [[f"{q}-{n}" for n in range(SHOWN)] for q in range(options.queries)]
        # One to three lines are right, anywhere among those found: the search is not perfect.
        self._right = [set(chance.sample(found, chance.randint(1, 3))) for found in self._found]
        spammers = round(options.people * options.spam)
        self._spam = {n: self._line() for n in range(spammers)}

    def is_right(self, pair: Pair) -> bool:
        return pair[1] in self._right[int(pair[0])]

    def _line(self) -> str:
        return self._chance.choice(self._chance.choice(self._found))

    def searches(self) -> Iterator[Shown]:
        """What each search shows, and what is chosen of it."""
        queries = range(self._options.queries)
        popular = list(itertools.accumulate(1 / (q + 1) for q in queries))
        for _n in range(self._options.searches):
            person = self._chance.randrange(self._options.people)
            query = self._chance.choices(queries, cum_weights=popular)[0]
            if pushed := self._spam.get(person):
                query = int(pushed.partition("-")[0])
            day = BEGIN + timedelta(days=self._chance.randrange(self._options.days))
            for rank, code in enumerate(self._found[query], start=1):
                chosen = code == pushed if pushed else self._chooses(query, code, rank)
                network = f"n{person // 3}"
                yield Shown(str(query), code, rank, f"p{person}", network, day, chosen)

    def _chooses(self, query: int, code: str, rank: int) -> bool:
        looked = self._chance.random() < 1 / rank
        return looked and self._chance.random() < (RIGHT if code in self._right[query] else WRONG)


if __name__ == "__main__":
    sys.exit(main())
