"""A look at the runs that should be moving, and what is done about those that do not."""

from dataclasses import dataclass

from django.utils import timezone

from . import pressing, transitions
from .models import TaskHistory
from .states import State, derive


@dataclass(frozen=True)
class Checked:
    """``silent`` runs gave no sign of life and still have their lease, ``reaped`` ones had lost it.
    ``stuck`` ones live and do not move, and ``ended`` of them were ended."""

    silent: int
    reaped: int
    stuck: int
    ended: int


def check() -> Checked:
    """Look at every run that runs. What the dispatcher would take back is taken back here too."""
    reaped = sum(transitions.reap(run) for run in TaskHistory.objects.lease_expired())
    now = timezone.now()
    states = [(run, derive(run, served=True, now=now)) for run in TaskHistory.objects.running()]
    stuck = [run for run, state in states if state == State.STUCK]
    return Checked(
        silent=sum(state == State.STALE for _run, state in states),
        reaped=reaped,
        stuck=len(stuck),
        ended=sum(_end(run) for run in stuck),
    )


def _end(run: TaskHistory) -> bool:
    """End it where its job says so; its process too, or the worker would stay busy with it."""
    definition = run.definition
    if definition is None or not definition.end_when_stuck:
        return False
    if not transitions.end_stuck(run):
        return False
    if not run.inline:
        pressing.press(run)
    return True
