"""What was accepted, could not be worked off, and waits for a person."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from micasillero.events.models import RawBatch, RejectedEvent

KINDS = ("event_batch", "event")


def dead_letters() -> dict[str, int]:
    """How many of each of KINDS; each has an index of its dead ones alone."""
    return {
        "event_batch": RawBatch.objects.dead().count(),
        "event": RejectedEvent.objects.dead().count(),
    }


@dataclass(frozen=True)
class BatchesWaiting:
    """Batches of events accepted and not worked off; ``oldest``: the longest wait in seconds."""

    count: int
    oldest: float


def batches_waiting(now: datetime) -> BatchesWaiting:
    found = RawBatch.objects.waiting().order_by().aggregate(n=Count("id"), first=Min("received_at"))
    oldest = (now - found["first"]).total_seconds() if found["first"] else 0.0
    return BatchesWaiting(found["n"], max(0.0, oldest))
