"""A cancel: asked for by a person, heard by the worker, enforced by the dispatcher.

Compare-and-set like every other transition. A run that waits ends at once; one that runs is
flagged, and its worker confirms.
"""

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from . import ending
from .models import Status, TaskHistory
from .transitions import NotAllowed, tell


def request_cancel(run: TaskHistory, by: str) -> TaskHistory:
    """Cancel: at once while it waits, by a flag that the worker reads while it runs.

    Raises NotAllowed for a run that is over. Asking twice changes nothing.
    """
    won = False
    # It may be given back for another attempt between the two looks: then look again.
    for _turn in range(3):
        won = _cancel_waiting(run, by) or _flag_running(run, by)
        run.refresh_from_db()
        if won or not run.is_active or run.cancel_requested_at:
            break
    if won:
        tell(run)
    elif not run.is_active:
        raise NotAllowed(run.get_status_display())
    return run


def _cancel_waiting(run: TaskHistory, by: str) -> bool:
    with transaction.atomic():
        won = (
            TaskHistory.objects.waiting()
            .filter(pk=run.pk)
            .update(
                status=Status.REVOKED,
                seq=F("seq") + 1,
                cancel_requested_at=Now(),
                cancel_requested_by=by[:200],
                finished_at=Now(),
            )
        )
        if won:
            run.refresh_from_db()
            ending.follow(run)
    return bool(won)


def _flag_running(run: TaskHistory, by: str) -> bool:
    return bool(
        TaskHistory.objects.running()
        .filter(pk=run.pk, cancel_requested_at__isnull=True)
        .update(cancel_requested_at=Now(), cancel_requested_by=by[:200], seq=F("seq") + 1)
    )


def acknowledge_cancel(run: TaskHistory) -> bool:
    """The worker has read the request and is about to stop."""
    won = bool(
        TaskHistory.objects.held_by(run.epoch)
        .filter(pk=run.pk, cancel_requested_at__isnull=False, cancel_seen_at__isnull=True)
        .update(cancel_seen_at=Now(), seq=F("seq") + 1)
    )
    if won:
        tell(TaskHistory.objects.get(pk=run.pk))
    return won


def escalate_cancel(run: TaskHistory) -> bool:
    """Note that the worker was pressed; False when somebody else noted it first."""
    won = (
        TaskHistory.objects.cancel_overdue()
        .filter(pk=run.pk, epoch=run.epoch)
        .update(cancel_escalated_at=Now(), seq=F("seq") + 1)
    )
    return bool(won)
