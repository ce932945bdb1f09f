"""What a person is told about a run: Celery's word, made honest by the row's other facts."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Status, TaskHistory


class State(models.TextChoices):
    """Derived, never stored."""

    UNSENT = "unsent", _("Waiting to be sent")
    QUEUED = "queued", _("Queued")
    NO_WORKER = "no-worker", _("Queued, no worker")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    RETRY = "retry", _("Waiting to retry")
    CANCELLING = "cancelling", _("Cancelling")
    STALE = "stale", _("No sign of life")
    STUCK = "stuck", _("Stuck")
    DONE = "done", _("Succeeded")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


_ENDS = {
    Status.SUCCESS: State.DONE,
    Status.FAILURE: State.FAILED,
    Status.REVOKED: State.CANCELLED,
}


def derive(
    run: TaskHistory, *, served: bool, paused: bool = False, now: datetime | None = None
) -> State:
    """The state of a run. ``served`` tells whether a worker listens on its queue, ``paused``
    whether somebody has stopped that queue."""
    now = now or timezone.now()
    if run.status in _ENDS:
        return _ENDS[Status(run.status)]
    if run.is_running:
        if run.cancel_requested_at:
            return State.CANCELLING
        # One late heartbeat is a hiccup; two are silence.
        silence = timedelta(seconds=2 * settings.HEARTBEAT_SECONDS + 2)
        if run.heartbeat_at and now - run.heartbeat_at > silence:
            return State.STALE
        return State.STUCK if is_stuck(run, now) else State.RUNNING
    if paused:
        return State.PAUSED  # before its time to retry: that may pass and nothing would start
    if run.status == Status.RETRY and run.next_attempt_at and run.next_attempt_at > now:
        return State.RETRY
    if not run.published_at:
        return State.UNSENT
    return State.QUEUED if served else State.NO_WORKER


def is_stuck(run: TaskHistory, now: datetime) -> bool:
    """The worker lives, but (phase, done) has not changed for the job's ``stall_after``."""
    definition = run.definition
    if definition is None or run.progressed_at is None:
        return False
    return now - run.progressed_at > definition.stall_after
