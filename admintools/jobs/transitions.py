"""How a run changes state: compare-and-set, one UPDATE each, the old state in its WHERE.

Whoever changes no row has lost the race and must act on that. Every change raises ``seq`` and,
once committed, tells Redis and the browsers.
"""

import logging
import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_noop

from . import hints, results
from .models import Attempt, Status, TaskHistory
from .texts import scrub, scrub_params

logger = logging.getLogger(__name__)


class NotAllowed(Exception):  # noqa: N818 - a refusal, told to the person as a sentence
    """The run's state forbids it; the message says which state that is."""


def claim(run_id: int, attempt: int, *, worker: str, celery_id: str = "") -> TaskHistory | None:
    """Take the run for this worker, or None: somebody else has it, or it is over.

    64 duplicates of a message make one winner: attempt and status stand in the WHERE.
    """
    with transaction.atomic():
        won = (
            TaskHistory.objects.waiting()
            .filter(pk=run_id, attempt=attempt, cancel_requested_at__isnull=True)
            .update(
                status=Status.STARTED,
                epoch=F("epoch") + 1,
                seq=F("seq") + 1,
                worker=worker[:200],
                phase="",
                done=0,
                total=None,
                rate=None,
                timeline=[],
                message="",
                message_params={},
                started_at=Coalesce("started_at", Now()),
                heartbeat_at=Now(),
                progressed_at=Now(),
                lease_expires_at=lease_end(),
                next_attempt_at=None,
            )
        )
        if not won:
            return None
        run = TaskHistory.objects.get(pk=run_id)
        Attempt.objects.create(
            run=run, number=attempt, epoch=run.epoch, celery_id=celery_id, worker=run.worker
        )
    hints.tell(run)
    return run


def lease_end() -> Any:
    """When a lease taken now expires, by the database's clock."""
    return Now() + timedelta(seconds=settings.LEASE_SECONDS)


def succeed(run: TaskHistory, result: Mapping[str, Any], **last: Any) -> bool:
    """End well. ``last`` are the final progress values; False when the run was fenced."""
    return _end(run, Attempt.Outcome.SUCCEEDED, status=Status.SUCCESS, result=dict(result), **last)


def fail(
    run: TaskHistory,
    code: str,
    text: str,
    params: Mapping[str, object] | None = None,
    *,
    traceback: str = "",
    **last: Any,
) -> bool:
    """End badly, for good: a dead letter is this state of the row."""
    return _end(
        run,
        Attempt.Outcome.FAILED,
        status=Status.FAILURE,
        error_code=code,
        error_message=scrub(text),
        error_params=scrub_params(params or {}),
        traceback=scrub(traceback),
        **last,
    )


def cancelled(run: TaskHistory, **last: Any) -> bool:
    """The worker confirms that it stopped."""
    return _end(run, Attempt.Outcome.CANCELLED, status=Status.REVOKED, **last)


def _end(run: TaskHistory, outcome: str, **values: Any) -> bool:
    owned = TaskHistory.objects.held_by(run.epoch)
    return _finish(owned, run, outcome, heartbeat_at=Now(), **values)


def _finish(owned: models.QuerySet, run: TaskHistory, outcome: str, **values: Any) -> bool:
    """The last write of a row, if ``owned`` still holds it."""
    with transaction.atomic():
        won = owned.filter(pk=run.pk).update(
            seq=F("seq") + 1, finished_at=Now(), lease_expires_at=None, **values
        )
        if not won:
            return False
        run.refresh_from_db()
        _close_attempt(run, outcome)
        results.record(run)
    hints.tell(run)
    return True


def _close_attempt(run: TaskHistory, outcome: str) -> None:
    run.attempts.filter(epoch=run.epoch, ended_at__isnull=True).update(
        outcome=outcome, ended_at=Now(), reached=run.done, error=run.error_code
    )


def backoff(attempt: int) -> float:
    """Seconds to wait before the next attempt: full jitter up to base·2^n, n from 0, capped."""
    ceiling = min(settings.RETRY_MAX_SECONDS, settings.RETRY_BASE_SECONDS * 2 ** (attempt - 1))
    return random.uniform(0, ceiling)  # noqa: S311 - spreads load, guards nothing


def try_again(
    run: TaskHistory, code: str, text: str, *, after: float | None = None, **last: Any
) -> bool:
    """Give the run back for another attempt after a passing fault."""
    wait = max(after or 0.0, backoff(run.attempt))
    return _give_back(
        TaskHistory.objects.held_by(run.epoch),
        run,
        Attempt.Outcome.AGAIN,
        next_attempt_at=Now() + timedelta(seconds=wait),
        error_code=code,
        error_message=scrub(text),
        error_params={},
        **last,
    )


def reap(run: TaskHistory) -> bool:
    """Take back a run whose lease ran out: its worker is dead, or as good as dead.

    A worker that wakes up later finds another epoch and is fenced.
    """
    expired = TaskHistory.objects.lease_expired().filter(epoch=run.epoch)
    definition = run.definition
    losses = run.losses + 1
    allowed = definition.losses if definition else 1
    if run.cancel_requested_at:
        return _finish(expired, run, Attempt.Outcome.LOST, status=Status.REVOKED, losses=losses)
    if run.inline or losses >= allowed:
        return _finish(
            expired,
            run,
            Attempt.Outcome.LOST,
            status=Status.FAILURE,
            losses=losses,
            error_code="worker_lost",
            error_message=gettext_noop(
                "The worker was lost %(losses)s times; it may be this run that kills it. "
                "Look at the worker's log, then retry."
            ),
            error_params={"losses": losses},
        )
    return _give_back(
        expired, run, Attempt.Outcome.LOST, next_attempt_at=Now(), losses=losses, error_code=""
    )


def _give_back(owned: models.QuerySet, run: TaskHistory, outcome: str, **values: Any) -> bool:
    with transaction.atomic():
        won = owned.filter(pk=run.pk).update(
            status=Status.RETRY,
            seq=F("seq") + 1,
            attempt=F("attempt") + 1,
            attempt_task_id="",
            published_at=None,
            lease_expires_at=None,
            **values,
        )
        if not won:
            return False
        run.refresh_from_db()
        _close_attempt(run, outcome)
    hints.tell(run)
    return True


def request_cancel(run: TaskHistory, by: str) -> TaskHistory:
    """Cancel: at once while it waits, by a flag that the worker reads while it runs.

    Raises NotAllowed for a run that is over. Asking twice changes nothing.
    """
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
            results.record(run)
    if not won:
        won = (
            TaskHistory.objects.running()
            .filter(pk=run.pk, cancel_requested_at__isnull=True)
            .update(cancel_requested_at=Now(), cancel_requested_by=by[:200], seq=F("seq") + 1)
        )
        run.refresh_from_db()
    if won:
        hints.tell(run)
    elif not run.is_active:
        raise NotAllowed(run.get_status_display())
    return run


def escalate_cancel(run: TaskHistory) -> bool:
    """Note that the worker is being pressed; True for the one caller that shall do it."""
    won = (
        TaskHistory.objects.cancel_overdue()
        .filter(pk=run.pk, epoch=run.epoch)
        .update(cancel_escalated_at=Now(), seq=F("seq") + 1)
    )
    return bool(won)
