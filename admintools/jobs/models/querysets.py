"""Named sets of runs. Leases are judged by the database's clock: workers' clocks differ."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Left, Now

from .pause import QueuePause

if TYPE_CHECKING:
    from .run import TaskHistory

# An index entry has a size that an error's text may pass; its start tells one from another.
ERROR_START_LENGTH = 200
ERROR_START = Left("error_message", ERROR_START_LENGTH)


class TaskHistoryQuerySet(models.QuerySet):
    """Filters of runs; transitions live in jobs.transitions."""

    def active(self) -> "TaskHistoryQuerySet":
        return self.filter(status__in=("PENDING", "RETRY", "STARTED", "PROGRESS"))

    def running(self) -> "TaskHistoryQuerySet":
        return self.filter(status__in=("STARTED", "PROGRESS"))

    def waiting(self) -> "TaskHistoryQuerySet":
        return self.filter(status__in=("PENDING", "RETRY"))

    def claimable(self) -> "TaskHistoryQuerySet":
        """Waiting, not cancelled, and of a queue that nobody has paused. A command's own run is in
        no queue: a pause does not hold it."""
        paused = Exists(QueuePause.objects.filter(queue=OuterRef("queue")))
        return self.waiting().filter(Q(inline=True) | ~paused, cancel_requested_at__isnull=True)

    def waiting_at(self, moment: datetime) -> "TaskHistoryQuerySet":
        """What a queue held then, and had not begun."""
        there = self.filter(created_at__lt=moment, inline=False)
        not_begun = Q(started_at__isnull=True) | Q(started_at__gte=moment)
        ended_since = Q(finished_at__gte=moment)
        return there.filter(ended_since | Q(finished_at__isnull=True), not_begun)

    def ended_within(self, start: datetime, end: datetime) -> "TaskHistoryQuerySet":
        """From ``start`` on and before ``end``."""
        return self.filter(finished_at__gte=start, finished_at__lt=end)

    def finished(self) -> "TaskHistoryQuerySet":
        return self.filter(status__in=("SUCCESS", "FAILURE", "REVOKED"))

    def worth_a_look(self, background: list[str]) -> "TaskHistoryQuerySet":
        """Leaves out the runs of these jobs, unless they failed."""
        return self.filter(Q(status="FAILURE") | ~Q(job__in=background))

    def finished_between(self, start: datetime, end: datetime) -> "TaskHistoryQuerySet":
        """Those that ended from ``start`` on and before ``end``."""
        return self.finished().filter(finished_at__gte=start, finished_at__lt=end)

    def by_status(self) -> dict[str, int]:
        """How many of them there are in each status that one of them has."""
        rows = self.order_by().values_list("status")
        return dict(rows.annotate(n=models.Count("id")))

    def succeeded(self) -> "TaskHistoryQuerySet":
        return self.filter(status="SUCCESS")

    def dead(self) -> "TaskHistoryQuerySet":
        """Dead letters: failed, and nobody has launched it again or discarded it."""
        failed = self.filter(status="FAILURE")
        return failed.filter(retries__isnull=True, dismissal__isnull=True)

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

        A new run is left to its launcher for a moment, or two would send it; unless it has a time
        to be sent at: its launcher found the queue paused. A queued run nobody
        claimed for REPUBLISH_AFTER is sent again (its message may be lost); the claim drops the
        duplicate if it was not.
        """
        unclaimed = Now() - timedelta(seconds=settings.REPUBLISH_AFTER)
        young = Now() - timedelta(seconds=settings.PUBLISH_GRACE_SECONDS)
        left_alone = Q(created_at__lt=young) | Q(next_attempt_at__isnull=False)
        forgotten = Q(left_alone, status="PENDING", published_at__isnull=True)
        retried = Q(status="RETRY", published_at__isnull=True)
        return (
            self.claimable()
            .filter(inline=False)
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

    def unheard_ends(self) -> "TaskHistoryQuerySet":
        """Ended within the life of a result, and the result backend does not know it yet. A running
        run needs no help: its writer speaks again with the next heartbeat."""
        recent = Now() - timedelta(days=7)
        # Together with the next one, or by id, all runs ever would be read.
        return self.filter(finished_at__gt=recent, stored_seq__lt=F("seq")).order_by("finished_at")

    def unheard_retries(self) -> "TaskHistoryQuerySet":
        """Given back for another attempt, and the result backend does not know it yet."""
        return self.filter(status="RETRY", stored_seq__lt=F("seq")).order_by("id")

    def newest_first(self) -> "TaskHistoryQuerySet":
        """By the time of the launch; runs of the same instant by their number."""
        return self.order_by(*self._same, "-created_at", "-id")

    def oldest_first(self) -> "TaskHistoryQuerySet":
        return self.order_by(*(f"-{name}" for name in self._same), "created_at", "id")

    @property
    def _same(self) -> list[str]:
        """What is the same in all these runs, and leads their index."""
        return ["error_start"] if "error_start" in self.query.annotations else []

    def older_than(self, created_at: datetime, pk: int) -> "TaskHistoryQuerySet":
        """What stands below that run, newest first."""
        below = Q(created_at__lt=created_at) | Q(id__lt=pk)
        return self.filter(below, created_at__lte=created_at)

    def newer_than(self, created_at: datetime, pk: int) -> "TaskHistoryQuerySet":
        """What stands above that run."""
        above = Q(created_at__gt=created_at) | Q(id__gt=pk)
        return self.filter(above, created_at__gte=created_at)

    def with_error_code(self, codes: list[str]) -> "TaskHistoryQuerySet":
        # The condition of the index, which a planner sees only where it is written out.
        return self.filter(error_code__in=codes, error_code__gt="")

    def with_error_start(self, start: str) -> "TaskHistoryQuerySet":
        """Whose error's msgid begins with these 200 characters.

        A range, and first in the order, so that only its own index serves: an equality lets the
        planner hope to meet such an error soon among the newest runs, and read them all.
        """
        failed = self.filter(error_code__gt="").alias(error_start=ERROR_START)
        return failed.filter(error_start__gte=start, error_start__lte=start)

    def with_error_starts(self, starts: list[str]) -> "TaskHistoryQuerySet":
        """As with_error_start, for so many that some run soon has one of them."""
        failed = self.filter(error_code__gt="").alias(some_start=ERROR_START)
        return failed.filter(some_start__in=starts)

    def in_queue(self, queue: str) -> "TaskHistoryQuerySet":
        """Active runs of the queue, with their ``turn``: -1 for one that runs, else its priority. A
        command's are not in the queue."""
        turn = Case(
            When(status__in=("STARTED", "PROGRESS"), then=Value(-1)),
            default="priority",
            output_field=models.SmallIntegerField(),
        )
        return self.active().filter(queue=queue, inline=False).annotate(turn=turn)

    def ahead_of(self, run: "TaskHistory") -> "TaskHistoryQuerySet":
        """What runs, or begins before that waiting run, in its queue."""
        earlier = Q(turn__lt=run.priority) | Q(turn=run.priority, pk__lt=run.pk)
        return self.in_queue(run.queue).filter(earlier)
