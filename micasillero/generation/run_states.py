"""The way of a run from its end to a person's decision, and who was first."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from micasillero.keywords.models import Keyword
from micasillero.work import WorkError

from .models import LEARNING, GenerationRun, RunState

# What a person is told who comes too early or too late.
_SENTENCES = {
    RunState.RUNNING: _("This run has not ended yet: decide when it has."),
    RunState.WAITING: _("This run waits for a decision: accept or reject it."),
    RunState.ACCEPTED: _("%(who)s accepted this run already."),
    RunState.REJECTED: _("%(who)s rejected this run already."),
    RunState.REVERTED: _("%(who)s took this run back already."),
}


def waiting() -> QuerySet[GenerationRun]:
    """The runs that wait for a person, the newest first. One of learning, whose words are decided
    one by one as well, for as long as some of them wait."""
    left = Keyword.objects.awaiting().filter(run_id=OuterRef("run_id")).undecided()
    found = GenerationRun.objects.filter(state=RunState.WAITING)
    return found.exclude(~Exists(left), provider=LEARNING)


def find(run_id: str) -> GenerationRun | None:
    """The run, with who decided about it. One of the lexicon has no row."""
    return GenerationRun.objects.select_related("decided_by").filter(run_id=run_id).first()


def get(run_id: str) -> GenerationRun:
    """The run. Raises WorkError("no_such_run")."""
    run = find(run_id)
    if run is None:
        raise WorkError("no_such_run", _("No run with this id waits for a decision."))
    return run


def expect(run: GenerationRun, state: RunState) -> None:
    """Raise WorkError("run_decided") that says who decided, unless the run is in this state."""
    if run.state != state:
        sentence = _SENTENCES[RunState(run.state)]
        raise WorkError("run_decided", sentence, who=str(run.decided_by or "–"))


def move(run: GenerationRun, before: RunState, after: RunState, by: Any, **values: Any) -> None:
    """Decide about the run; to WAITING takes a decision back. Of two people who decide at once
    one does, the other gets WorkError("run_decided")."""
    back = after == RunState.WAITING
    told = {"state": after, "decided_by": by, "decided_at": None if back else timezone.now()}
    found = GenerationRun.objects.filter(pk=run.pk, state=before)
    if not found.update(**told, **values):
        expect(get(run.run_id), before)
    run.refresh_from_db()
