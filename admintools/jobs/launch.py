"""The one door through which every run comes: button, command and schedule alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from . import hints, priorities, publish, transitions
from .models import Source, TaskHistory
from .registry import JobDefinition, registry


class Conflict(Exception):  # noqa: N818 - an answer (409), not a fault
    """Another run works on the same resource. ``running`` is that run."""

    def __init__(self, running: TaskHistory) -> None:
        super().__init__(running.task_id)
        self.running = running


class SlotTaken(Exception):  # noqa: N818 - an answer, not a fault
    """The schedule has set off its run of that time already: another beat was quicker."""


@dataclass(frozen=True)
class Initiator:
    """Who or what sets a run off, as the history shows it. ``slot`` is a schedule's (see slots)."""

    source: Source
    user: User | None = None
    name: str = ""
    slot: str = ""

    @property
    def shown(self) -> str:
        return self.name or (self.user.get_username() if self.user else str(self.source.value))


def launch(
    slug: str,
    *,
    parameters: Mapping[str, Any] | None = None,
    initiator: Initiator,
    retry_of: TaskHistory | None = None,
    inline: bool = False,
) -> TaskHistory:
    """Write the run's row and, once that is committed, send it to its queue.

    Returns the row; ``published_at`` None means the broker is away and the dispatcher will send
    it. With ``inline`` nothing is sent: the caller performs it. Raises UnknownJob, Conflict,
    SlotTaken.
    """
    definition = registry.get(slug)
    run = _create(definition, dict(parameters or {}), initiator, retry_of, inline)
    transaction.on_commit(lambda: _announce(run), robust=True)
    return run


def _announce(run: TaskHistory) -> None:
    # Who publishes it tells the pages itself, of a state that is newer.
    if run.inline or not publish.publish(run):
        hints.tell_browsers(run)


def retry(
    run: TaskHistory, initiator: Initiator, parameters: Mapping[str, Any] | None = None
) -> TaskHistory:
    """Launch the same job again: a new row that names the old one.

    Raises transitions.NotAllowed while the old one is active, Conflict as launch.
    """
    if run.is_active:
        raise transitions.NotAllowed(run.get_status_display())
    chosen = run.parameters if parameters is None else parameters
    return launch(run.job, parameters=chosen, initiator=initiator, retry_of=run)


def _create(
    definition: JobDefinition,
    parameters: dict[str, Any],
    initiator: Initiator,
    retry_of: TaskHistory | None,
    inline: bool,
) -> TaskHistory:
    for _turn in range(3):
        _refuse_if_taken(initiator.slot)
        _refuse_if_busy(definition.resource)
        try:
            with transaction.atomic():
                return TaskHistory.objects.create(
                    job=definition.slug,
                    task_name=definition.task_name,
                    queue=definition.queue,
                    resource=definition.resource,
                    priority=priorities.of_launch(definition, initiator.source),
                    slot=initiator.slot or None,
                    parameters={**definition.defaults, **parameters},
                    initiator=initiator.user,
                    initiated_by=initiator.shown[:200],
                    source=initiator.source,
                    retry_of=retry_of,
                    inline=inline,
                )
        except IntegrityError:
            _refuse_if_taken(initiator.slot)
            if not definition.resource:
                raise
    raise Conflict(TaskHistory.objects.filter(resource=definition.resource).latest("id"))


def _refuse_if_taken(slot: str) -> None:
    if slot and TaskHistory.objects.filter(slot=slot).exists():
        raise SlotTaken(slot)


def _refuse_if_busy(resource: str) -> None:
    """Raise Conflict if an active run works on it. The constraint decides; but a refused INSERT on
    SQLite waits for the very transaction that is in the way, and a look does not."""
    running = TaskHistory.objects.active().filter(resource=resource).first() if resource else None
    if running is None:
        return
    # Without a dispatcher nobody else frees what a killed command has left behind.
    if not (running.inline and transitions.reap(running)):
        raise Conflict(running)
