"""Stopping a queue and letting it go on.

While it is paused a launch is accepted and kept; nothing of the queue is published or claimed,
and what runs goes on. A message that was on its way already is dropped by the claim, so that
resuming sends everything anew; the claim drops what then comes twice.
"""

import logging

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Now

from . import hints, queues
from .models import QueuePause, TaskHistory
from .registry import QUEUES
from .texts import storable

logger = logging.getLogger(__name__)

# As many as a page shows; the others hear of it by their next snapshot.
MOST_TOLD = 50


class UnknownQueue(LookupError):  # noqa: N818 - reads as a sentence where it is caught
    """There is no queue of that name. The message lists those that there are."""


def pause(queue: str, by: str, reason: str = "") -> QueuePause | None:
    """Stop the queue; None when it was paused already, by whoever got there first.

    ``by`` and ``reason`` are shown to whoever asks why nothing starts. Raises UnknownQueue.
    """
    _refuse_unknown(queue)
    limit = QueuePause._meta.get_field("reason").max_length
    made, created = QueuePause.objects.get_or_create(
        queue=queue, defaults={"paused_by": by[:200], "reason": storable(reason).strip()[:limit]}
    )
    if not created:
        return None
    logger.warning("Queue %s paused by %s.", queue, by)
    _tell(queue)
    return made


def resume(queue: str, by: str) -> QueuePause | None:
    """Let the queue go on; the pause that ended, None when there was none. Raises UnknownQueue.

    Everything that waits there is due at once, and what waits for its next attempt at its time.
    """
    with transaction.atomic():
        ended = queues.pauses(fresh=True).get(queue)
        if ended is None or not QueuePause.objects.filter(pk=ended.pk).delete()[0]:
            _refuse_unknown(queue)
            return None
        _waiting(queue).update(
            published_at=None,
            next_attempt_at=Coalesce("next_attempt_at", Now()),
            seq=F("seq") + 1,
        )
    logger.warning("Queue %s resumed by %s.", queue, by)
    _tell(queue)
    return ended


def _refuse_unknown(queue: str) -> None:
    if queue not in QUEUES:
        raise UnknownQueue(f"No queue is called {queue!r}. Known queues: {', '.join(QUEUES)}.")


def _waiting(queue: str) -> QuerySet:
    return TaskHistory.objects.waiting().filter(queue=queue, inline=False)


def _tell(queue: str) -> None:
    """Once committed, the browsers: the state of a waiting run changes without a write of its
    own."""

    def tell() -> None:
        queues.forget()
        for run in _waiting(queue).order_by("id")[:MOST_TOLD]:
            hints.tell_browsers(run)

    transaction.on_commit(tell, robust=True)
