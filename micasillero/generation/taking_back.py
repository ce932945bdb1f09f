"""A run's keywords go as one: rejected before they were searched, or taken back afterwards.

They are deleted, so that a later run may write the same words; the answers of a model are kept and
not paid again. Learned ones are rejected instead: people go on choosing as they do, and the next
night would propose them again. What a person decided singly stays.

The words of a model go in one transaction. Those of the lexicon are several hundred thousand and go
in parts: whoever writes keywords meanwhile waits for one part at most, and what is interrupted is
taken up by the next who takes the run back.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from micasillero.keywords.models import Keyword, Status
from micasillero.keywords.querysets import KeywordQuerySet
from micasillero.work import WorkError

from . import run_states
from .models import GenerationRun, RunState

# Keywords deleted in one transaction.
PART = 5_000


@dataclass(frozen=True)
class Taken:
    """Keywords deleted, or with ``refused`` rejected, and those that stayed because a person
    decided them singly."""

    removed: int
    kept: int
    refused: bool = False


@dataclass(frozen=True)
class Extent:
    """What taking back a run of the lexicon does: keywords that it ``removes``, those that are
    ``searched`` now, and those ``left`` to be searched."""

    removes: int
    searched: int
    left: int


def extent(run_id: str) -> Extent | None:
    """What whoever takes this run back must know first: most of the search may rest on it. None for
    the run of a model, which one press takes back, and where nothing is there to delete."""
    if run_states.find(run_id) is not None:
        return None
    written = Keyword.objects.of_run(run_id).undecided()
    removes = written.count()
    searched = Keyword.objects.approved().count()
    left = searched - written.approved().count()
    return Extent(removes, searched, left) if removes else None


def reject(run_id: str, by: Any) -> Taken:
    """Raises WorkError("no_such_run", "run_decided")."""
    run = run_states.get(run_id)
    with transaction.atomic():
        run_states.move(run, RunState.WAITING, RunState.REJECTED, by)
        return _take_back(run, by)


def revert(run_id: str, by: Any) -> Taken:
    """Take back an accepted run, or one of the lexicon, whose words are approved as written.

    Raises WorkError("run_decided", "nothing_to_revert").
    """
    run = run_states.find(run_id)
    if run is None:
        return _take_back_in_parts(run_id)
    with transaction.atomic():
        run_states.move(run, RunState.ACCEPTED, RunState.REVERTED, by)
        return _take_back(run, by)


def take_back(run_id: str, by: Any) -> Taken:
    """Reject a run that waits, revert any other. Raises as those do."""
    run = run_states.find(run_id)
    waits = run is not None and run.state == RunState.WAITING
    return reject(run_id, by) if waits else revert(run_id, by)


def _take_back(run: GenerationRun, by: Any) -> Taken:
    kept = _keep_decided(run.run_id).count()
    going = Keyword.objects.of_run(run.run_id).undecided()
    if run.is_learned:
        told = {"status": Status.REJECTED, "decided_by": by, "decided_at": timezone.now()}
        return Taken(going.update(**told), kept, refused=True)
    removed, _by_model = going.delete()
    return Taken(removed, kept)


def _take_back_in_parts(run_id: str) -> Taken:
    going = Keyword.objects.of_run(run_id).undecided()
    if not going.exists():
        raise WorkError("nothing_to_revert", _("This run has no keywords to take back."))
    kept = _keep_decided(run_id)
    removed = 0
    while part := list(going.order_by("pk").values_list("pk", flat=True)[:PART]):
        removed += going.filter(pk__lte=part[-1]).delete()[0]
    return Taken(removed, kept.count())


def _keep_decided(run_id: str) -> KeywordQuerySet:
    """What a person decided singly; undoing it would bring back what the run had made of it."""
    decided = Keyword.objects.of_run(run_id).exclude(decided_at=None)
    decided.exclude(previous_status="").update(
        previous_status="", previous_decided_by=None, previous_decided_at=None
    )
    return decided
