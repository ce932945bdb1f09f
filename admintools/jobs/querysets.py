"""Named sets of runs. Leases are judged by the database's clock: workers' clocks differ."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class TaskHistoryQuerySet(models.QuerySet):
    """Filters of runs; transitions live in jobs.transitions."""

    def active(self) -> "TaskHistoryQuerySet":
        return self.filter(status__in=("PENDING", "RETRY", "STARTED", "PROGRESS"))

    def running(self) -> "TaskHistoryQuerySet":
        return self.filter(status__in=("STARTED", "PROGRESS"))

    def waiting(self) -> "TaskHistoryQuerySet":
        return self.filter(status__in=("PENDING", "RETRY"))

    def finished(self) -> "TaskHistoryQuerySet":
        return self.filter(status__in=("SUCCESS", "FAILURE", "REVOKED"))

    def held_by(self, epoch: int) -> "TaskHistoryQuerySet":
        """The run, if the claim with this epoch still owns it: the fence of every write."""
        return self.running().filter(epoch=epoch)

    def lease_expired(self) -> "TaskHistoryQuerySet":
        """Nobody works on it any more. A command that was killed between its launch and its first
        step holds no lease: its run counts as lost when one would have expired."""
        lease = timedelta(seconds=settings.LEASE_SECONDS)
        never_begun = Q(status="PENDING", inline=True, created_at__lt=Now() - lease)
        running = Q(status__in=("STARTED", "PROGRESS"), lease_expires_at__lt=Now())
        return self.filter(running | never_begun)

    def due(self) -> "TaskHistoryQuerySet":
        """What the dispatcher must send: never sent, time for the next attempt, or unclaimed.

        A new run is left to its launcher for a moment, or two would send it. A queued run nobody
        claimed for REPUBLISH_AFTER is sent again (its message may be lost); the claim drops the
        duplicate if it was not.
        """
        unclaimed = Now() - timedelta(seconds=settings.REPUBLISH_AFTER)
        young = Now() - timedelta(seconds=settings.PUBLISH_GRACE_SECONDS)
        forgotten = Q(status="PENDING", published_at__isnull=True, created_at__lt=young)
        retried = Q(status="RETRY", published_at__isnull=True)
        return (
            self.waiting()
            .filter(inline=False, cancel_requested_at__isnull=True)
            .filter(Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=Now()))
            .filter(forgotten | retried | Q(published_at__lt=unclaimed))
            .order_by("id")
        )

    def cancel_overdue(self) -> "TaskHistoryQuerySet":
        """Cancelled long ago and still running: time to be rude, and again after as long: a worker
        without its broker hears nothing."""
        limit = Now() - timedelta(seconds=settings.CANCEL_ESCALATION_SECONDS)
        unpressed = Q(cancel_escalated_at__isnull=True) | Q(cancel_escalated_at__lt=limit)
        return self.running().filter(unpressed, cancel_requested_at__lt=limit)

    def unheard(self) -> "TaskHistoryQuerySet":
        """Ended within the life of a result, or given back, and the result backend does not know
        it yet. A running run needs no help: its writer speaks again with the next heartbeat."""
        recent = Q(finished_at__gt=Now() - timedelta(days=7))
        return self.filter(recent | Q(status="RETRY"), stored_seq__lt=F("seq")).order_by("id")

    def ahead_of(self, queue: str, pk: int) -> "TaskHistoryQuerySet":
        """Active runs of the queue launched before that one; a command's are not in the queue."""
        return self.active().filter(queue=queue, pk__lt=pk, inline=False)

    def durations(self, job: str, limit: int = 20) -> models.QuerySet:
        """(seconds as timedelta) of the last successful runs of a job, newest first."""
        return (
            self.filter(job=job, status="SUCCESS", started_at__isnull=False)
            .order_by("-id")
            .annotate(took=F("finished_at") - F("started_at"))
            .values_list("took", flat=True)[:limit]
        )
