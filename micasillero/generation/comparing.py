"""Two models on the same lines, side by side, before one of them is asked for all.

Nothing becomes a keyword: the answers are filtered, counted and kept for the page. They are paid
as any answer is, and a later run of the same model finds them paid.
"""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_noop as _

from micasillero.analysis import forms, query_words, terms
from micasillero.keywords.loader import readable
from micasillero.keywords.models import Status, Verdict
from micasillero.quality.judged import JudgedQuery
from micasillero.work import Stopped, Work, WorkError

from . import filters
from .asking import Asked, Asker, LineRefused
from .budget import MICROS, Budget, CapReached
from .items import Item, items_of
from .known import Known
from .models import ModelComparison
from .pool import Answering, asking
from .providers import get_provider
from .providers.seam import Provider
from .roundtrip import RoundTrip
from .scope import Scope

MOST_LINES = 200
# Lines that one model is asked for before the other has its turn: at the cap both have answered
# much the same ones.
PORTION = 10


# By line.
Answers = dict[int, Asked | LineRefused]


@dataclass(frozen=True)
class Wish:
    """What is compared: two models, on so many lines of a scope drawn by chance (see _sampled)."""

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
    WorkError("no_lines") and WorkError("same_model"). At a cap the lines are kept that both have
    answered, before it raises.
    """
    providers = [get_provider(name) for name in wish.models]
    if len({(provider.name, provider.model) for provider in providers}) == 1:
        raise WorkError("same_model", _("Choose two different models."))
    drawn = _sampled(wish, queries, run_id)
    money = Budget.of(run_id, wish.max_cost)
    one, other = (Asker(provider, wish.languages, money, work) for provider in providers)
    asked, reached = _ask_both(work, one, other, drawn)
    items = [item for item in drawn if all(item.pk in found for found in asked)]
    if not items and reached:
        raise _cut_short(reached, 0, len(drawn))
    row = _kept(run_id, providers, items, asked, queries)
    if reached:
        raise _cut_short(reached, len(items), len(drawn))
    return {
        "comparison": run_id,
        "items": len(items),
        "calls": row.calls,
        "cost_usd": row.cost_micros / MICROS,
    }


def _kept(
    run_id: str,
    providers: Sequence[Provider],
    items: Sequence[Item],
    asked: Sequence[Answers],
    queries: Sequence[JudgedQuery],
) -> ModelComparison:
    """The comparison of these lines, stored."""
    asked = [{item.pk: found[item.pk] for item in items} for found in asked]
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
    return row


def _cut_short(reached: CapReached, compared: int, drawn: int) -> WorkError:
    return WorkError(
        reached.code,
        _(
            "The cap of $%(dollars)s is reached: %(compared)s of the %(drawn)s lines are compared, "
            "which both models had answered by then. Draw fewer, or raise the cap."
        ),
        dollars=reached.params["dollars"],
        compared=compared,
        drawn=drawn,
    )


def _sampled(wish: Wish, queries: Sequence[JudgedQuery], run_id: str) -> list[Item]:
    """Half of them of the lines that judged queries name, as far as there are any: among 20 of
    7,494 there would be about one, and nothing to count."""
    lines = {code: pk for pk, code in wish.scope.lines()}
    if not lines:
        raise WorkError("no_lines", _("There are no tariff lines in this scope."))
    size = min(wish.sample, MOST_LINES, len(lines))
    codes = sorted(lines)
    named = sorted({code for query in queries for code in query.grades(codes)})
    # Seeded, so that another attempt of the same run asks for the same lines.
    chance = random.Random(run_id)  # noqa: S311 - a sample, not a secret
    chosen = set(chance.sample(named, min((size + 1) // 2, len(named))))
    others = [code for code in codes if code not in chosen]
    chosen.update(chance.sample(others, size - len(chosen)))
    return items_of(sorted(lines[code] for code in chosen))


def _ask_both(
    work: Work, one: Asker, other: Asker, items: Sequence[Item]
) -> tuple[list[Answers], CapReached | None]:
    """What each of them answered, by line, and the cap where that was reached before the end."""
    found: list[Answers] = [{}, {}]

    def told() -> None:
        work.report(sum(map(len, found)), 2 * len(items), phase="ask")

    try:
        with asking(one) as ask_one, asking(other) as ask_other:
            for start in range(0, len(items), PORTION):
                portion = items[start : start + PORTION]
                for ask, answers in zip((ask_one, ask_other), found, strict=True):
                    _ask(work, ask, portion, answers, told)
    except CapReached as reached:
        return found, reached
    return found, None


def _ask(
    work: Work,
    ask: Callable[[Item], Answering],
    items: Sequence[Item],
    found: Answers,
    told: Callable[[], None],
) -> None:
    for item, answer in [(item, ask(item)) for item in items]:
        if work.should_stop():
            raise Stopped
        try:
            found[item.pk] = answer.result()
        except LineRefused as refused:
            found[item.pk] = refused
        told()


def _judge(found: Answers) -> dict[int, list[filters.Judged]]:
    """The verdicts by line. What a run of one of the two has proposed and nobody decided is no
    fault of the other."""
    answers = [(one.item, one.suggestions) for one in found.values() if isinstance(one, Asked)]
    with readable():
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
    found: Answers,
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
        "reused": sum(one.reused for one in found.values()),
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
    asked: Sequence[Answers],
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
