"""Named sets of deliveries. Leases and times are judged by the database's clock."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Optional

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

if TYPE_CHECKING:
    # mypy reads it in the strings below.
    from .delivery import Delivery
    from .subscription import Subscription

# Longer than an attempt may take (sender.SECONDS) with all that is written before and after.
LEASE = timedelta(seconds=60)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Filters, the claim among them; what follows a claim are the model's transitions."""

    def waiting(self) -> "DeliveryQuerySet":
        return self.filter(state="waiting")

    def dead(self) -> "DeliveryQuerySet":
        """The dead letters."""
        return self.filter(state="dead")

    def of(self, subscriptions: models.QuerySet) -> "DeliveryQuerySet":
        return self.filter(subscription__in=subscriptions)

    def ripe(self) -> "DeliveryQuerySet":
        """Waiting, and its time has come."""
        return self.waiting().filter(next_try_at__lte=Now())

    def due(self) -> "DeliveryQuerySet":
        """What must be put on the queue: not there yet, or so long there that it is lost."""
        unclaimed = Now() - timedelta(seconds=settings.REPUBLISH_AFTER)
        unsent = Q(published_at__isnull=True) | Q(published_at__lt=unclaimed)
        return self.ripe().filter(unsent).order_by("next_try_at", "id")

    def overdue(self, seconds: float) -> "DeliveryQuerySet":
        """Ripe for so long that the queue seems not to work."""
        limit = Now() - timedelta(seconds=seconds)
        return self.waiting().filter(next_try_at__lte=limit).order_by("next_try_at", "id")

    def lease_expired(self) -> "DeliveryQuerySet":
        """Whoever was at it is gone."""
        return self.filter(state="sending", lease_expires_at__lt=Now())

    def gathering(self, subscription: "Subscription", now: datetime) -> "DeliveryQuerySet":
        """Waits for its time, and what comes until then may ride along."""
        return self.waiting().filter(
            subscription=subscription, claims=0, test=False, planned_for__gt=now
        )

    def ended_before(self, moment: datetime) -> "DeliveryQuerySet":
        return self.filter(ended_at__lt=moment)

    def claim(self, pk: int) -> Optional["Delivery"]:
        """Take it for one attempt, or None: somebody else has it, it is over, or not yet due."""
        won = (
            self.ripe()
            .filter(pk=pk)
            .update(
                state="sending",
                attempts=F("attempts") + 1,
                claims=F("claims") + 1,
                lease_expires_at=Now() + LEASE,
                published_at=None,
            )
        )
        return self.select_related("subscription").get(pk=pk) if won else None

    def discard_waiting(self) -> int:
        return self.waiting().update(
            state="discarded", ended_at=Now(), next_try_at=None, published_at=None
        )
