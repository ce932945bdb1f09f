"""Named sets of events, of the batches they came in, and of those that could not be stored."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class RawBatchQuerySet(models.QuerySet):
    """Filters of raw batches."""

    def waiting(self) -> "RawBatchQuerySet":
        """Accepted, and not worked off yet."""
        return self.filter(state="waiting")

    def dead(self) -> "RawBatchQuerySet":
        """Given up: a person replays or discards them."""
        return self.filter(state="dead")

    def claimable(self) -> "RawBatchQuerySet":
        """Waiting, and in nobody's hands."""
        free = Q(lease_expires_at__isnull=True) | Q(lease_expires_at__lt=Now())
        return self.waiting().filter(free)

    def due(self, grace: timedelta) -> "RawBatchQuerySet":
        """Those that no queue has and whose time has come; a new one is left to the request that
        stores it for ``grace``."""
        young = Now() - grace
        timed = Q(next_attempt_at__lte=Now())
        fresh = Q(next_attempt_at__isnull=True, received_at__lt=young)
        return self.claimable().filter(timed | fresh, published_at__isnull=True).order_by("id")

    def unclaimed(self, after: timedelta) -> "RawBatchQuerySet":
        """Sent so long ago, and still in nobody's hands: their message is late, or lost."""
        return self.claimable().filter(published_at__lt=Now() - after).order_by("id")

    def received_before(self, when: datetime) -> "RawBatchQuerySet":
        """Old ones that nobody needs any more: neither waiting nor dead."""
        return self.filter(received_at__lt=when).exclude(state__in=("waiting", "dead"))


class EventKeyQuerySet(models.QuerySet):
    """Filters of the ids that were accepted."""

    def accepted_before(self, when: datetime) -> "EventKeyQuerySet":
        return self.filter(accepted_at__lt=when)


class EventQuerySet(models.QuerySet):
    """Filters of events."""

    def personal(self) -> "EventQuerySet":
        """Those in which something may lead to a person."""
        known = Q(person__gt="") | Q(session__gt="") | Q(network__gt="")
        return self.filter(known | Q(description__gt=""))

    def received_before(self, when: datetime) -> "EventQuerySet":
        return self.filter(received_at__lt=when)

    def between(self, start: datetime, end: datetime) -> "EventQuerySet":
        """Those that happened from ``start`` on and before ``end``."""
        return self.filter(occurred_at__gte=start, occurred_at__lt=end)

    def searches(self) -> "EventQuerySet":
        return self.filter(type="search")

    def without_result(self) -> "EventQuerySet":
        return self.searches().filter(results=0)


class RejectedEventQuerySet(models.QuerySet):
    """Filters of single events that could not be stored."""

    def dead(self) -> "RejectedEventQuerySet":
        return self.filter(state="dead")

    def rejected_before(self, when: datetime) -> "RejectedEventQuerySet":
        """Old ones that nobody needs any more: a dead one waits for a person."""
        return self.filter(rejected_at__lt=when).exclude(state="dead")
