"""A run by a language model: asked line by line, filtered, and put before a person.

Each line is stored with its checkpoint in one transaction, in the order of the id; what was paid
beyond the last checkpoint is found again by its hash. Several lines are asked at the same time.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from micasillero.keywords.loader import readable
from micasillero.keywords.models import LONGEST_TEXT, Keyword, Source, Status, Verdict
from micasillero.keywords.store import propose
from micasillero.work import Stopped, Work, WorkError

from . import filters, prompt
from .asking import Asked, Asker, LineRefused
from .budget import MICROS, Budget
from .closing import close, close_abandoned
from .items import Item, items_of
from .models import GenerationRun, RunState
from .pool import Answering, asking
from .providers import get_provider
from .providers.seam import Provider
from .scope import Scope

# Lines read together.
PORTION = 50
# So many unusable answers one after the other are no accident: the model or a setting is wrong.
REFUSED_IN_ROW = 10
# More are counted, and not named one by one.
MOST_NAMED = 500


def generate(
    work: Work,
    *,
    scope: Scope,
    provider: str,
    languages: Collection[str],
    run_id: str,
    max_cost: float | None = None,
) -> dict[str, Any]:
    """See run.generate."""
    asked = get_provider(provider)
    run = _begin(run_id, asked)
    asker = Asker(asked, languages, Budget.of(run_id, max_cost), work)
    lines = _Lines(work, run, asker, scope)
    try:
        lines.work_through()
    except (Stopped, WorkError):
        if lines.refused_in_row >= REFUSED_IN_ROW:
            asker.forget_refusals(since=run.started_at)
        _end(work, run)
        raise
    _end(work, run)
    return _told(run)


def _begin(run_id: str, provider: Provider) -> GenerationRun:
    close_abandoned(besides=run_id)
    run, _new = GenerationRun.objects.update_or_create(
        run_id=run_id,
        defaults={"state": RunState.RUNNING},
        create_defaults={
            "provider": provider.name,
            "model": provider.model,
            "prompt_version": prompt.VERSION,
        },
    )
    return run


def _end(work: Work, run: GenerationRun) -> None:
    """Another worker may have ended the run meanwhile, and a person decided about it."""
    with transaction.atomic():
        work.confirm()
        close(run)


def _told(run: GenerationRun) -> dict[str, Any]:
    counts = run.counts
    return {
        "provider": run.provider,
        "model": run.model,
        "items": counts.get("lines", 0),
        "added": counts.get("added", 0),
        "without": counts.get("without", 0),
        "doubtful": counts.get("doubtful", 0),
        "refused": counts.get("refused", 0),
        "reused": run.reused,
        "calls": run.calls,
        "input_tokens": run.input_tokens,
        "output_tokens": run.output_tokens,
        "cost_usd": run.cost_micros / MICROS,
    }


class _Lines:
    """The lines of one run, from the first that is not done to the last."""

    def __init__(self, work: Work, run: GenerationRun, asker: Asker, scope: Scope) -> None:
        self._work, self._run, self._asker = work, run, asker
        self._left = [pk for pk, _code in scope.lines(after=run.last_line)]
        self._done = work.resumed_from
        self._total = self._done + len(self._left)
        self.refused_in_row = 0

    def work_through(self) -> None:
        """Raises what Asker.answer raises, and WorkError("refused_in_row")."""
        with asking(self._asker) as ask:
            for start in range(0, len(self._left), PORTION):
                portion = self._left[start : start + PORTION]
                items = {item.pk: item for item in items_of(portion)}
                answers = {pk: ask(item) for pk, item in items.items()}
                for pk in portion:
                    # A line may have gone since the run began.
                    self._end(pk, items.get(pk), answers.get(pk))

    def _end(self, pk: int, item: Item | None, answer: Answering | None) -> None:
        if self._work.should_stop():
            raise Stopped
        self._done += 1
        self._run.last_line = pk
        if item is None or answer is None:
            self._store(pk, [])
            return
        try:
            asked = answer.result()
        except LineRefused as refused:
            self._refuse(item, refused)
        else:
            self.refused_in_row = 0
            self._judge(asked)

    def _refuse(self, item: Item, refused: LineRefused) -> None:
        self._run.reused += refused.reused
        self._run.tally(lines=1, without=1, refused=1)
        self._store(item.pk, [])
        if self._run.counts["refused"] <= MOST_NAMED:
            text = _("No usable answer: %(reason)s")
            self._work.refuse(item.code, refused.code, text, reason=refused.reason)
        if refused.reused:
            return  # says nothing of how the model answers today
        self.refused_in_row += 1
        if self.refused_in_row >= REFUSED_IN_ROW:
            raise WorkError(
                "refused_in_row",
                _(
                    "%(n)s lines in a row have no usable answer; the last reason: %(reason)s. "
                    "Choose another model, or tell the engineer on call."
                ),
                n=self.refused_in_row,
                reason=refused.reason,
            )

    def _judge(self, asked: Asked) -> None:
        with readable():
            (judged,) = filters.judge_all([(asked.item, asked.suggestions)])
        kept = [one for one in judged if one.verdict in (Verdict.PASSED, Verdict.DOUBTFUL)]
        self._run.reused += asked.reused
        self._run.tally(
            lines=1,
            without=not kept,
            suggested=len(judged),
            passed=sum(one.verdict == Verdict.PASSED for one in kept),
            doubtful=sum(one.verdict == Verdict.DOUBTFUL for one in kept),
        )
        self._run.tally_dropped(
            [one.reasons[0] for one in judged if one.verdict == filters.DROPPED]
        )
        self._store(asked.item.pk, [self._keyword(asked.item.pk, one) for one in kept])

    def _keyword(self, line: int, judged: filters.Judged) -> Keyword:
        return Keyword(
            partida_id=line,
            text=judged.text[:LONGEST_TEXT],
            language=judged.language,
            source=Source.AI,
            status=Status.PENDING,
            verdict=judged.verdict,
            evidence=judged.evidence,
            provider=self._run.provider,
            model=self._run.model,
            prompt_version=self._run.prompt_version,
            run_id=self._run.run_id,
        )

    def _store(self, line: int, keywords: Sequence[Keyword]) -> None:
        with transaction.atomic():
            self._run.tally(added=propose(line, keywords) if keywords else 0)
            self._run.read_account()
            self._run.save()
            self._work.keep(self._done)
        self._work.report(
            self._done,
            self._total,
            _("%(n)s keywords proposed"),
            phase="store",
            n=self._run.counts["added"],
        )
