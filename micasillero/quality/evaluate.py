"""How good the search is, on judged queries.

Measures as ir_measures has them (Success, P, RR, nDCG), on the first ten hits in the order in which
they are shown; any acceptable line counts but for nDCG, which is graded.
"""

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from micasillero.catalog.models import PartidaArancelaria
from micasillero.search.query import SearchAnswer
from micasillero.work import SilentWork, Stopped, Work

from .judged import JudgedQuery

DEPTH = 10
# Our names and those of ir_measures.
MEASURES = {
    "S@1": "Success@1",
    "S@5": "Success@5",
    "P@5": "P@5",
    "MRR@10": "RR@10",
    "nDCG@10": "nDCG@10",
}
Search = Callable[[str, int], SearchAnswer]


@dataclass(frozen=True)
class Outcome:
    """What one query found. ``measures`` by the names of MEASURES; ``rank`` of the first
    acceptable line, None where there is none among the hits; ``ms`` the search took."""

    id: str
    query: str
    type: str
    codes: tuple[str, ...]
    rank: int | None
    relaxed: bool
    ms: float
    measures: Mapping[str, float]


@dataclass(frozen=True)
class Evaluation:
    """The outcomes of a set of queries; ``skipped`` have no answer in the loaded tariff."""

    outcomes: tuple[Outcome, ...]
    skipped: tuple[str, ...]

    def summary(self) -> dict[str, Any]:
        """n, the measures, zero_result_rate, relaxed_rate, by_type, p95_ms."""
        by_type: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in self.outcomes:
            by_type[outcome.type].append(outcome)
        slowest = sorted(outcome.ms for outcome in self.outcomes)
        return {
            **_means(self.outcomes),
            "by_type": {name: _means(found) for name, found in sorted(by_type.items())},
            "p95_ms": round(slowest[int(0.95 * len(slowest))], 2) if slowest else None,
            "skipped": len(self.skipped),
        }

    def as_json(self) -> dict[str, Any]:
        """The summary and every outcome: what a later run is compared with."""
        return {
            **self.summary(),
            "skipped_ids": list(self.skipped),
            "outcomes": [asdict(outcome) for outcome in self.outcomes],
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Evaluation":
        """The evaluation of which ``told`` is the as_json()."""
        outcomes = (Outcome(**{**o, "codes": tuple(o["codes"])}) for o in told["outcomes"])
        return cls(tuple(outcomes), tuple(told["skipped_ids"]))


def evaluate(
    queries: Sequence[JudgedQuery], search: Search, work: Work | None = None
) -> Evaluation:
    """Ask each query and judge the answers. Raises what ``search`` raises, and Stopped."""
    work = work or SilentWork()
    # In Python's order, by which the judgments look codes up; a database has one of its own.
    codes = sorted(PartidaArancelaria.objects.leaves().values_list("item_no", flat=True))
    outcomes, skipped = [], []
    for number, query in enumerate(queries, 1):
        if work.should_stop():
            raise Stopped
        grades = query.grades(codes)
        if grades:
            outcomes.append(_ask(query, grades, search))
        else:
            skipped.append(query.id)
        work.report(number, len(queries), phase="ask")
    return Evaluation(tuple(outcomes), tuple(skipped))


def _ask(query: JudgedQuery, grades: Mapping[str, int], search: Search) -> Outcome:
    began = time.perf_counter()
    answer = search(query.query, DEPTH)
    took = time.perf_counter() - began
    found = [hit.code for hit in answer.hits]
    return Outcome(
        id=query.id,
        query=query.query,
        type=query.type,
        codes=tuple(found),
        rank=next((n for n, code in enumerate(found, 1) if code in grades), None),
        relaxed=answer.relaxed,
        ms=round(took * 1000, 2),
        measures=_measured(query.id, grades, found),
    )


def _measured(name: str, grades: Mapping[str, int], found: Sequence[str]) -> dict[str, float]:
    # Scores by place: what stands first is first, whatever the engine's own scores tie on.
    run = {name: {code: float(len(found) - place) for place, code in enumerate(found)}}
    if not found:
        return dict.fromkeys(MEASURES, 0.0)
    # Late: every web process and worker knows this module, few of them ever measure.
    import ir_measures

    got = ir_measures.calc_aggregate(_parsed().values(), {name: dict(grades)}, run)
    return {label: round(got[measure], 6) for label, measure in _parsed().items()}


@functools.cache
def _parsed() -> dict[str, Any]:
    import ir_measures

    return {label: ir_measures.parse_measure(theirs) for label, theirs in MEASURES.items()}


def _means(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    told = list(outcomes)
    n = len(told)

    def mean(values: Iterable[float]) -> float:
        return round(sum(values) / n, 4) if n else 0.0

    return {
        "n": n,
        **{label: mean(o.measures[label] for o in told) for label in MEASURES},
        "zero_result_rate": mean(not o.codes for o in told),
        "relaxed_rate": mean(o.relaxed for o in told),
    }
