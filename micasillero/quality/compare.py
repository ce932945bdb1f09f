"""Is one evaluation better than another, or was it luck?"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ROUNDS = 10_000
SEED = 20_221_231


@dataclass(frozen=True)
class Comparison:
    """``differences`` (now minus before) and ``p`` by measure; the ids of the queries whose first
    right answer moved up (``won``) or down (``lost``); ``n`` queries are in both."""

    n: int
    differences: Mapping[str, float]
    p: Mapping[str, float]
    won: tuple[str, ...]
    lost: tuple[str, ...]

    def worse_by(self, tolerance: float) -> list[str]:
        """The measures that fell by more than the tolerance."""
        return [name for name, change in self.differences.items() if change < -tolerance]


def compare(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> Comparison:
    """Compare the ``outcomes`` of two evaluations, query by query; those in one alone are left
    out."""
    known = {outcome["id"]: outcome for outcome in before}
    pairs = [(known[o["id"]], o) for o in now if o["id"] in known]
    names = pairs[0][1]["measures"].keys() if pairs else ()
    deltas = {n: [b["measures"][n] - a["measures"][n] for a, b in pairs] for n in names}
    ranks = [(b["id"], _gain(a["rank"]), _gain(b["rank"])) for a, b in pairs]
    return Comparison(
        n=len(pairs),
        differences={n: round(sum(d) / len(d), 4) for n, d in deltas.items()},
        p={n: randomisation_p(d) for n, d in deltas.items()},
        won=tuple(name for name, a, b in ranks if b > a),
        lost=tuple(name for name, a, b in ranks if b < a),
    )


def randomisation_p(deltas: Sequence[float], rounds: int = ROUNDS) -> float:
    """The two-sided paired randomisation test (Smucker, Allan, Carterette 2007): how often would
    chance alone, by swapping the two runs of each query, make a mean difference as large?"""
    moved = [delta for delta in deltas if delta]
    if not moved:
        return 1.0
    observed = abs(sum(moved)) - 1e-9
    chance = random.Random(SEED)  # noqa: S311 - the same data give the same p
    extreme = sum(
        abs(sum(d if chance.random() < 0.5 else -d for d in moved)) >= observed
        for _round in range(rounds)
    )
    return round((extreme + 1) / (rounds + 1), 4)


def _gain(rank: int | None) -> float:
    return 1 / rank if rank else 0.0
