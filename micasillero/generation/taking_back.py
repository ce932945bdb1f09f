"""A run's keywords go as one: rejected before they were searched, or taken back afterwards.

They are deleted, so that a later run may write the same words; the answers of a model are kept and
not paid again. What a person decided singly stays.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from micasillero.keywords.models import Keyword
from micasillero.work import WorkError

from . import run_states
from .models import RunState


@dataclass(frozen=True)
class Taken:
    """Keywords deleted, and those that stayed because a person decided them singly."""

    removed: int
    kept: int


def reject(run_id: str, by: Any) -> Taken:
    """Raises WorkError("no_such_run", "run_decided")."""
    run = run_states.get(run_id)
    with transaction.atomic():
        run_states.move(run, RunState.WAITING, RunState.REJECTED, by)
        return _take_back(run_id)


def revert(run_id: str, by: Any) -> Taken:
    """Take back an accepted run, or one of the lexicon, whose words are approved as written.

    Raises WorkError("run_decided", "nothing_to_revert").
    """
    run = run_states.find(run_id)
    with transaction.atomic():
        if run is not None:
            run_states.move(run, RunState.ACCEPTED, RunState.REVERTED, by)
        elif not Keyword.objects.of_run(run_id).undecided().exists():
            raise WorkError("nothing_to_revert", _("This run has no keywords to take back."))
        return _take_back(run_id)


def take_back(run_id: str, by: Any) -> Taken:
    """Reject a run that waits, revert any other. Raises as those do."""
    run = run_states.find(run_id)
    waits = run is not None and run.state == RunState.WAITING
    return reject(run_id, by) if waits else revert(run_id, by)


def _take_back(run_id: str) -> Taken:
    written = Keyword.objects.of_run(run_id)
    decided = written.exclude(decided_at=None)
    # Undoing a person's decision would bring back what the run had made of the word.
    decided.exclude(previous_status="").update(
        previous_status="", previous_decided_by=None, previous_decided_at=None
    )
    removed, _by_model = written.undecided().delete()
    return Taken(removed, decided.count())
