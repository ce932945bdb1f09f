"""Does an index answer worse than the one that is live? What does is not let through."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as _

from micasillero.search.documents import LAYOUT
from micasillero.search.engines.seam import Engine
from micasillero.search.query import search
from micasillero.search.rebuild import Gate
from micasillero.work import SilentWork, Work, WorkError

from .compare import Comparison, compare
from .evaluate import Evaluation, evaluate
from .evaluations import judged_queries
from .judged import JudgedQuery

NAMED = 10


def worse_than(
    before: Evaluation, now: Evaluation, tolerance: float | None = None
) -> Comparison | None:
    """The comparison when a measure fell by more than the tolerance (QUALITY_TOLERANCE), else
    None."""
    change = compare(before.as_json()["outcomes"], now.as_json()["outcomes"])
    most = settings.QUALITY_TOLERANCE if tolerance is None else tolerance
    return change if change.worse_by(most) else None


def gate(work: Work, *, accept_worse: bool = False) -> Gate:
    """The gate of a rebuild: asks the live and the new index the judged queries.

    Returns {"S@5", "MRR@10", "quality": {"queries", "before", "now", "accepted"}}, or {} where
    there is nothing to compare, which it notes. Raises WorkError("quality_fell") unless
    ``accept_worse``, and then notes what was accepted.
    """

    def judge(engine: Engine, new: str, live: str | None) -> dict[str, Any]:
        queries = judged_queries()
        if why := _why_not(engine, queries, live):
            work.note(why)
            return {}
        patient = _OnlyStopping(work)
        before = _asked(engine, live or "", queries, patient)
        now = _asked(engine, new, queries, patient)
        if not now.outcomes:
            work.note(_("The quality was not compared: no query has an answer in this tariff."))
            return {}
        change = worse_than(before, now)
        _note(work, before, now)
        if change:
            _refuse_or_note(work, change, before, now, accept_worse=accept_worse)
        return _figures(before, now, accepted=change is not None)

    return judge


class _OnlyStopping(SilentWork):
    """The rebuild counts documents, not queries; but a cancel must be heard."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def should_stop(self) -> bool:
        return self._work.should_stop()


def _why_not(engine: Engine, queries: Sequence[JudgedQuery], live: str | None) -> str:
    if not queries:
        return _("The quality was not compared: there are no judged queries.")
    if live is None:
        return _("The quality was not compared: this engine has no live index.")
    layout = next((i.layout for i in engine.indices() if i.name == live), None)
    if layout != LAYOUT:
        return _(
            "The quality was not compared: another version of the product made the live index."
        )
    return ""


def _asked(engine: Engine, index: str, queries: Sequence[JudgedQuery], work: Work) -> Evaluation:
    return evaluate(queries, lambda text, k: search(text, k, engine=engine, target=index), work)


def _note(work: Work, before: Evaluation, now: Evaluation) -> None:
    work.note(
        _("Judged queries: %(queries)s. Live index: %(before)s. New index: %(now)s."),
        queries=len(now.outcomes),
        before=_told(before),
        now=_told(now),
    )


def _refuse_or_note(
    work: Work, change: Comparison, before: Evaluation, now: Evaluation, *, accept_worse: bool
) -> None:
    asked = {outcome.id: outcome.query for outcome in now.outcomes}
    lost = ", ".join(f"“{asked[name]}”" for name in change.lost[:NAMED])
    work.note(
        _("Queries that the new index answers worse (%(count)s): %(lost)s"),
        level="warning",
        count=len(change.lost),
        lost=lost,
    )
    if accept_worse:
        work.note(_("It goes live all the same: that was allowed at the launch."), level="warning")
        return
    raise WorkError(
        "quality_fell",
        _(
            "The new index answers the judged queries worse (%(now)s; the live one: %(before)s). "
            "It was not used. The log names the queries that fell: mend their lines or keywords "
            "and rebuild, or launch it with a worse quality allowed."
        ),
        before=_told(before),
        now=_told(now),
    )


def _told(found: Evaluation) -> str:
    told = found.summary()
    return ", ".join(f"{name} {told[name]:.3f}" for name in ("S@1", "S@5", "MRR@10"))


def _figures(before: Evaluation, now: Evaluation, *, accepted: bool) -> dict[str, Any]:
    told = now.summary()
    return {
        "S@5": told["S@5"],
        "MRR@10": told["MRR@10"],
        "quality": {
            "queries": told["n"],
            "before": _measures(before),
            "now": _measures(now),
            "accepted": accepted,
        },
    }


def _measures(found: Evaluation) -> dict[str, float]:
    told = found.summary()
    names = ("S@1", "S@5", "P@5", "MRR@10", "nDCG@10", "zero_result_rate")
    return {name: told[name] for name in names}
