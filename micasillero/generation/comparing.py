"""Two models on the same lines, side by side, before one of them is asked for all.

Nothing becomes a keyword: the answers are filtered, counted and kept for the page. They are paid
as any answer is, and a later run of the same model finds them paid.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_noop as _

from micasillero.analysis import forms, query_words, terms
from micasillero.keywords.models import Status, Verdict
from micasillero.quality.judged import JudgedQuery
from micasillero.work import Stopped, Work, WorkError

from . import filters, lexicon
from .asking import Asked, Asker, LineRefused
from .budget import MICROS, Budget
from .items import Item, items_of
from .known import Known
from .models import ModelComparison
from .pool import asking
from .providers import get_provider
from .providers.seam import Provider
from .roundtrip import RoundTrip
from .scope import Scope

MOST_LINES = 200


@dataclass(frozen=True)
class Wish:
    """What is compared: two models, on so many lines of a scope drawn by chance."""

    models: tuple[str, str]
    sample: int
    scope: Scope
    languages: Collection[str]
    max_cost: float | None = None


def compare(
    work: Work, wish: Wish, *, run_id: str, queries: Sequence[JudgedQuery] = ()
) -> dict[str, Any]:
    """Ask both and keep what came of it as a ModelComparison.

    ``queries`` are judged ones; of those that the sampled lines answer it is counted how many have
    all their words in the line, before and with the terms that passed. Returns comparison (the
    run_id it is kept under), items, calls, cost_usd. Raises as run.generate does, and
    WorkError("no_lines") and WorkError("same_model").
    """
    providers = [get_provider(name) for name in wish.models]
    if len({(provider.name, provider.model) for provider in providers}) == 1:
        raise WorkError("same_model", _("Choose two different models."))
    items = _sampled(wish, run_id)
    money = Budget.of(run_id, wish.max_cost)
    asked: list[dict[int, Asked | LineRefused]] = []
    for number, provider in enumerate(providers):
        asker = Asker(provider, wish.languages, money, work)
        asked.append(_ask(work, asker, items, number * len(items), 2 * len(items)))
    judged = [_judge(found) for found in asked]
    with_queries = _answered(queries, items)
    row = ModelComparison(
        run_id=run_id,
        sides=[
            {**_side(p, a, j), "queries": _covered(with_queries, j)}
            for p, a, j in zip(providers, asked, judged, strict=True)
        ],
        lines=[_line(item, asked, judged) for item in items],
        queries=len(with_queries),
        covered_before=_covered(with_queries, {}),
    )
    row.keep()
    return {
        "comparison": run_id,
        "items": len(items),
        "calls": row.calls,
        "cost_usd": row.cost_micros / MICROS,
    }


def _sampled(wish: Wish, run_id: str) -> list[Item]:
    ids = [pk for pk, _code in wish.scope.lines()]
    if not ids:
        raise WorkError("no_lines", _("There are no tariff lines in this scope."))
    # Seeded, so that another attempt of the same run asks for the same lines.
    chosen = random.Random(run_id)  # noqa: S311 - a sample, not a secret
    return items_of(sorted(chosen.sample(ids, min(wish.sample, MOST_LINES, len(ids)))))


def _ask(
    work: Work, asker: Asker, items: Sequence[Item], done: int, total: int
) -> dict[int, Asked | LineRefused]:
    found: dict[int, Asked | LineRefused] = {}
    with asking(asker) as ask:
        answers = [(item, ask(item)) for item in items]
        for item, answer in answers:
            if work.should_stop():
                raise Stopped
            try:
                found[item.pk] = answer.result()
            except LineRefused as refused:
                found[item.pk] = refused
            work.report(done + len(found), total, phase="ask")
    return found


def _judge(found: Mapping[int, Asked | LineRefused]) -> dict[int, list[filters.Judged]]:
    """The verdicts by line. What a run of one of the two has proposed and nobody decided is no
    fault of the other."""
    answers = [(one.item, one.suggestions) for one in found.values() if isinstance(one, Asked)]
    with lexicon.readable():
        known = Known.about(answers)
    statuses = {
        line: {key: status for key, status in told.items() if status != Status.PENDING}
        for line, told in known.statuses.items()
    }
    decided = replace(known, statuses=statuses)
    trips = RoundTrip.among(item for item, _suggestions in answers)
    return {item.pk: filters.judge(item, told, decided, trips) for item, told in answers}


def _side(
    provider: Provider,
    found: Mapping[int, Asked | LineRefused],
    judged: Mapping[int, list[filters.Judged]],
) -> dict[str, Any]:
    """The figures of one model. Cost is what these answers cost, now or when they were paid."""
    paid = [one for one in found.values() if isinstance(one, Asked)]
    every = [one for told in judged.values() for one in told]
    return {
        "lines": len(found),
        "provider": provider.name,
        "model": provider.model,
        "answered": len(paid),
        "refused": len(found) - len(paid),
        "reused": sum(one.reused for one in paid),
        "cost_micros": sum(one.paid.cost_micros for one in paid),
        "tokens": sum(one.paid.input_tokens + one.paid.output_tokens for one in paid),
        "seconds": sum(one.paid.seconds for one in paid) / max(1, len(paid)),
        "suggested": len(every),
        "passed": sum(one.verdict == Verdict.PASSED for one in every),
        "doubtful": sum(one.verdict == Verdict.DOUBTFUL for one in every),
        "dropped": sum(one.verdict == filters.DROPPED for one in every),
    }


def _line(
    item: Item,
    asked: Sequence[Mapping[int, Asked | LineRefused]],
    judged: Sequence[Mapping[int, list[filters.Judged]]],
) -> dict[str, Any]:
    sides = []
    for found, verdicts in zip(asked, judged, strict=True):
        one = found[item.pk]
        terms_told = [
            {"text": t.text, "language": t.language, "verdict": t.verdict, "reasons": [*t.reasons]}
            for t in verdicts.get(item.pk, ())
        ]
        refused = one.reason if isinstance(one, LineRefused) else ""
        sides.append({"terms": terms_told, "refused": refused})
    return {"code": item.code, "description": item.description, "sides": sides}


def _answered(
    queries: Sequence[JudgedQuery], items: Sequence[Item]
) -> list[tuple[JudgedQuery, Item]]:
    """Each query with each of the lines that answers it."""
    by_code = {item.code: item for item in sorted(items, key=lambda item: item.code)}
    codes = list(by_code)
    return [(query, by_code[code]) for query in queries for code in query.grades(codes)]


def _covered(
    queries: Sequence[tuple[JudgedQuery, Item]], judged: Mapping[int, list[filters.Judged]]
) -> int:
    """How many queries have every word in the line that answers them: in its texts and approved
    keywords, and in the terms that passed."""
    count = 0
    for query, item in queries:
        passed = [t.text for t in judged.get(item.pk, ()) if t.verdict == Verdict.PASSED]
        texts = (item.description, item.description_en, *item.ancestors, *item.known, *passed)
        there = {term for text in texts for term in terms(text)}
        count += all(there.intersection(forms(word)) for word in query_words(query.query))
    return count
