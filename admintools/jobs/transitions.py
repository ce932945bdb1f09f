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

from . import ending, hints
from .models import Attempt, Status, TaskHistory
from .texts import scrub, scrub_params, storable

logger = logging.getLogger(__name__)

LONGEST_WAIT = 24 * 3600.0


class NotAllowed(Exception):  # noqa: N818 - a refusal, told to the person as a sentence
    """The run's state forbids it; the message says which state that is."""


def claim(run_id: int, attempt: int, *, worker: str, celery_id: str = "") -> TaskHistory | None:
    """Take the run for this worker, or None: somebody else has it, it is over, or its queue is
    paused (then it is sent again when somebody resumes that).

    64 duplicates of a message make one winner: attempt and status stand in the WHERE.
    """
    with transaction.atomic():
        won = (
            TaskHistory.objects.claimable()
            .filter(pk=run_id, attempt=attempt)
            .update(
                status=Status.STARTED,
                epoch=F("epoch") + 1,
                seq=F("seq") + 1,
                worker=worker[:200],
                phase="",
                done=F("checkpoint"),
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
                error_code="",
                error_message="",
                error_params={},
                **_arrived(celery_id),
            )
        )
        if not won:
            return None
        run = TaskHistory.objects.get(pk=run_id)
        Attempt.objects.create(
            run=run,
            number=attempt,
            epoch=run.epoch,
            celery_id=celery_id,
            worker=run.worker,
            resumed_from=run.checkpoint,
        )
    tell(run)
    return run


def _arrived(celery_id: str) -> dict[str, Any]:
    """Of two messages for one attempt the claimed one counts; and a quick worker may be here
    before its publisher has noted that the message went out."""
    if not celery_id:
        return {}
    return {"attempt_task_id": celery_id, "published_at": Coalesce("published_at", Now())}


def tell(run: TaskHistory) -> None:
    """Once committed; whatever goes wrong with a hint is logged and no more."""
    transaction.on_commit(lambda: hints.tell(run), robust=True)


def lease_end() -> Any:
    """When a lease taken now expires, by the database's clock."""
    return Now() + timedelta(seconds=settings.LEASE_SECONDS)


def succeed(run: TaskHistory, result: Mapping[str, Any], **last: Any) -> bool:
    """End well. ``last`` are the final progress values; False when the run was fenced."""
    kept = storable(result)
    return _end(run, Attempt.Outcome.SUCCEEDED, status=Status.SUCCESS, result=kept, **last)


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
        ending.follow(run)
    tell(run)
    return True


def _close_attempt(run: TaskHistory, outcome: str) -> None:
    # What is stored may be ahead of what was said last.
    reached = max(run.done, run.checkpoint)
    run.attempts.filter(epoch=run.epoch, ended_at__isnull=True).update(
        outcome=outcome, ended_at=Now(), reached=reached, error=run.error_code
    )


def backoff(attempt: int) -> float:
    """Seconds to wait before the next attempt: full jitter up to base·2^n, n from 0, capped."""
    ceiling = min(settings.RETRY_MAX_SECONDS, settings.RETRY_BASE_SECONDS * 2 ** (attempt - 1))
    return random.uniform(0, ceiling)  # noqa: S311 - spreads load, guards nothing


def try_again(
    run: TaskHistory, code: str, text: str, *, after: float | None = None, **last: Any
) -> bool:
    """Give the run back for another attempt after a passing fault. A cancel ends it instead."""
    wait = min(max(after or 0.0, backoff(run.attempt)), LONGEST_WAIT)
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


def give_back(run: TaskHistory, **last: Any) -> bool:
    """Hand the run on at once: its worker was asked to leave. Neither a loss nor a failed try."""
    return _give_back(
        TaskHistory.objects.held_by(run.epoch),
        run,
        Attempt.Outcome.DRAINED,
        next_attempt_at=Now(),
        drains=F("drains") + 1,
        error_code="",
        **last,
    )


def out_of_time(run: TaskHistory, **last: Any) -> bool:
    """The worker's time limit was reached. An attempt that stored items is handed on at once, and
    the next goes on after them: neither a loss nor a failed try. Without any the next one would
    come no further, so the run ends."""
    moved = TaskHistory.objects.held_by(run.epoch).filter(checkpoint__gt=run.checkpoint)
    return _give_back(
        moved,
        run,
        Attempt.Outcome.LIMITED,
        next_attempt_at=Now(),
        drains=F("drains") + 1,
        error_code="",
        **last,
    ) or fail(
        run,
        "time_limit",
        gettext_noop("The run took longer than the worker's time limit and was ended."),
        **last,
    )


def reap(run: TaskHistory) -> bool:
    """Take back a run whose lease ran out: its worker is dead, or as good as dead.

    A worker that wakes up later finds another epoch and is fenced.
    """
    expired = TaskHistory.objects.lease_expired().filter(epoch=run.epoch)
    losses = run.losses + 1
    asked = expired.filter(cancel_requested_at__isnull=False)
    # Also one that was asked for since the row was read.
    if _finish(asked, run, Attempt.Outcome.LOST, status=Status.REVOKED, losses=losses):
        return True
    if run.ends_when_lost:
        return _finish(
            expired.filter(cancel_requested_at__isnull=True),
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


def end_stuck(run: TaskHistory) -> bool:
    """End a run that has not moved since the row was read; its worker is fenced."""
    still = TaskHistory.objects.held_by(run.epoch).filter(progressed_at__lte=run.progressed_at)
    return _finish(
        still,
        run,
        Attempt.Outcome.FAILED,
        status=Status.FAILURE,
        error_code="stuck",
        error_message=gettext_noop("The run did not move for too long and was ended. Retry it."),
    )


def abandon(run: TaskHistory) -> bool:
    """End a run that waits or is ours, and whose job this version of the product does not have."""
    rows = TaskHistory.objects
    owned = rows.held_by(run.epoch) if run.is_running else rows.waiting().filter(epoch=run.epoch)
    return _finish(
        owned,
        run,
        Attempt.Outcome.FAILED,
        status=Status.FAILURE,
        error_code="unknown_job",
        error_message=gettext_noop("This version has no job called %(job)s: update the worker."),
        error_params={"job": run.job},
    )


def _give_back(owned: models.QuerySet, run: TaskHistory, outcome: str, **values: Any) -> bool:
    """For another attempt, unless somebody cancelled: nobody would ever claim it again."""
    with transaction.atomic():
        won = owned.filter(pk=run.pk, cancel_requested_at__isnull=True).update(
            status=Status.RETRY,
            seq=F("seq") + 1,
            attempt=F("attempt") + 1,
            attempt_task_id="",
            published_at=None,
            lease_expires_at=None,
            **values,
        )
        if won:
            run.refresh_from_db()
            _close_attempt(run, outcome)
    if not won:
        cancelled = owned.filter(cancel_requested_at__isnull=False)
        lost = outcome == Attempt.Outcome.LOST
        ended = outcome if lost else Attempt.Outcome.CANCELLED
        return _finish(cancelled, run, ended, status=Status.REVOKED)
    tell(run)
    return True
