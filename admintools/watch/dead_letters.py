"""What was accepted, could not be worked off, and waits for a person."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from admintools.jobs.models import TaskHistory
from admintools.notify.models import Delivery
from micasillero.events.models import RawBatch, RejectedEvent

# Counted no further: more is no other news, and a count of a million takes its time.
COUNTED = 100


def dead_letters() -> dict[str, int]:
    """How many of each kind (as the page of dead letters calls them), at most COUNTED."""
    kinds = {
        "run": TaskHistory.objects.dead(),
        "batch": RawBatch.objects.dead(),
        "event": RejectedEvent.objects.dead(),
        "delivery": Delivery.objects.dead(),
    }
    return {kind: rows.order_by()[:COUNTED].count() for kind, rows in kinds.items()}


@dataclass(frozen=True)
class BatchesWaiting:
    """Batches of events accepted and not worked off; ``oldest``: the longest wait in seconds."""

    count: int
    oldest: float


def batches_waiting(now: datetime) -> BatchesWaiting:
    found = RawBatch.objects.waiting().order_by().aggregate(n=Count("id"), first=Min("received_at"))
    oldest = (now - found["first"]).total_seconds() if found["first"] else 0.0
    return BatchesWaiting(found["n"], max(0.0, oldest))
