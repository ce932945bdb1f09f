"""What a run wrote goes live, behind the quality gate.

Acceptance decides about the run, not about a word: its keywords stay undecided (``decided_at``
empty), so that taking the run back finds them, and leaves alone what a person decided singly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from micasillero.keywords.models import Keyword, Status, Verdict
from micasillero.keywords.querysets import KeywordQuerySet
from micasillero.quality.compare import Comparison
from micasillero.quality.evaluate import MEASURES, Evaluation
from micasillero.search.engines import get_engine
from micasillero.search.engines.seam import Engine
from micasillero.search.reconcile import reconcile_live
from micasillero.work import SilentWork, Stopped, Work, WorkError

from . import run_states
from .models import GenerationRun, RunState


@dataclass(frozen=True)
class Gate:
    """``measure`` asks the judged queries of the live index; ``worse`` compares (before, now), and
    is None unless a measure fell by more than the tolerance."""

    measure: Callable[[Work], Evaluation]
    worse: Callable[[Evaluation, Evaluation], Comparison | None]


def accept(
    work: Work, run_id: str, by: Any, gate: Gate, *, engine: Engine | None = None
) -> dict[str, Any]:
    """Approve what passed the filters; the doubtful ones stay in the review queue.

    The judged queries are asked before and after. Where the answers got worse, or the work could
    not be finished, the keywords wait again, as they did before. Without a live index nothing is
    asked: the rebuild has a gate of its own. An attempt that was lost is begun anew.

    Returns approved, lines and quality ({"before", "now", "worse"} or {}). Raises
    WorkError("run_decided", "no_such_run", "quality_fell"), Stopped, and what the engine raises.
    """
    engine = engine or get_engine()
    live = engine.live_index() is not None
    run = _waiting(run_id, engine if live else None)
    before = gate.measure(_Asking(work, "before", 0)) if live else None
    with transaction.atomic():
        work.confirm()
        # Without the figures of now for as long as there are none: see _waiting.
        quality = {"before": _figures(before)} if before else {}
        run_states.move(run, RunState.WAITING, RunState.ACCEPTED, by, quality=quality)
        lines = _lines_of(_passed(run, Status.PENDING))
        approved = _passed(run, Status.PENDING).update(status=Status.APPROVED)
    if before:
        quality = _through_the_gate(work, run, lines, gate, before, engine)
    return {"approved": approved, "lines": len(lines), "quality": quality}


def _through_the_gate(
    work: Work,
    run: GenerationRun,
    lines: list[int],
    gate: Gate,
    before: Evaluation,
    engine: Engine,
) -> dict[str, Any]:
    try:
        asked = len(before.outcomes) + len(before.skipped)
        work.report(asked, 2 * asked, phase="index")
        _follow(engine, lines, work)
        now = gate.measure(_Asking(work, "after", 1))
    except BaseException:
        work.confirm()  # else it is another worker's to take back
        # `sync_index` takes them out of the index, where it is the engine that failed.
        _wait_again(run, quality={})
        raise
    work.confirm()
    worse = gate.worse(before, now) is not None
    quality = {"before": _figures(before), "now": _figures(now), "worse": worse}
    if worse:
        _wait_again(run, quality=quality)
        _follow(engine, lines, SilentWork())
        raise _fell(quality)
    GenerationRun.objects.filter(pk=run.pk).update(quality=quality)
    return quality


def _fell(quality: dict[str, Any]) -> WorkError:
    return WorkError(
        "quality_fell",
        _(
            "With these keywords the search answers the judged queries worse (S@5 %(now)s, before "
            "%(before)s). They were taken out again and wait: read the sample, reject the run."
        ),
        before=f"{quality['before']['S@5']:.3f}",
        now=f"{quality['now']['S@5']:.3f}",
    )


def _waiting(run_id: str, engine: Engine | None) -> GenerationRun:
    """The run, waiting for its decision; what a lost attempt had begun is taken back."""
    run = run_states.get(run_id)
    if run.state == RunState.ACCEPTED and "before" in run.quality and "now" not in run.quality:
        lines = _lines_of(_passed(run, Status.APPROVED))
        _wait_again(run, quality={})
        if engine:
            _follow(engine, lines, SilentWork())
    run_states.expect(run, RunState.WAITING)
    return run


def _wait_again(run: GenerationRun, quality: dict[str, Any]) -> None:
    with transaction.atomic():
        _passed(run, Status.APPROVED).update(status=Status.PENDING)
        run_states.move(run, RunState.ACCEPTED, RunState.WAITING, None, quality=quality)


def _passed(run: GenerationRun, status: Status) -> KeywordQuerySet:
    mine = Keyword.objects.of_run(run.run_id).undecided()
    return mine.filter(verdict=Verdict.PASSED, status=status)


def _lines_of(keywords: KeywordQuerySet) -> list[int]:
    return list(keywords.order_by().values_list("partida_id", flat=True).distinct())


def _follow(engine: Engine, lines: list[int], work: Work) -> None:
    """The judged queries must be asked of an index that has what was just written."""

    def between(_seen: int) -> None:
        if work.should_stop():
            raise Stopped

    reconcile_live(engine, lines, on_chunk=between)
    engine.refresh(engine.alias)


def _figures(found: Evaluation) -> dict[str, Any]:
    """n, the measures and the rate of empty answers."""
    told = found.summary()
    return {name: told[name] for name in ("n", *MEASURES, "zero_result_rate")}


class _Asking(SilentWork):
    """The queries are asked twice: one half of the work before, the other after."""

    def __init__(self, work: Work, phase: str, halves_done: int) -> None:
        self._work, self._phase, self._halves_done = work, phase, halves_done

    def report(
        self,
        done: int,
        total: int | None = None,
        message: str = "",
        *,
        phase: str = "",
        **params: object,
    ) -> None:
        half = total or done
        self._work.report(self._halves_done * half + done, 2 * half, phase=self._phase)

    def should_stop(self) -> bool:
        return self._work.should_stop()
