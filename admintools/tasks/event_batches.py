"""The dispatcher's source of event batches: what is due, what is lost, what is dead."""

import logging
from datetime import timedelta
from typing import cast

from django.conf import settings
from django.db.models.functions import Now
from django.utils.translation import gettext_noop
from redis.exceptions import RedisError

from admintools.jobs import queues
from admintools.watch.facts import broker_client
from micasillero.events.models import RawBatch

from .events import QUEUE, put

logger = logging.getLogger(__name__)

AT_ONCE = 100
LOST = gettext_noop("Every worker that took the batch died or lost the database.")


class BatchSource:
    """Batches that a queue works off, and that must survive the queue."""

    name = "event batches"

    def send_due(self) -> int:
        """Send what no queue has; how many went."""
        if queues.is_paused(QUEUE):
            return 0
        grace = timedelta(seconds=settings.PUBLISH_GRACE_SECONDS)
        sent = 0
        due = RawBatch.objects.due(grace).filter(attempts__lt=settings.EVENT_ATTEMPTS)
        for number in due.values_list("pk", flat=True)[:AT_ONCE]:
            # Of several dispatchers one sends it.
            mine = RawBatch.objects.waiting().filter(pk=number, published_at=None)
            if not mine.update(published_at=Now()):
                continue
            if not put(number):
                RawBatch.objects.waiting().filter(pk=number).update(published_at=None)
                break  # the broker is away; the next one would wait as long
            sent += 1
        return sent

    def take_back_dead(self) -> int:
        """Give up what kills its workers, and send again what the queue has lost; how many."""
        dead = RawBatch.objects.claimable().filter(attempts__gte=settings.EVENT_ATTEMPTS)
        given_up = sum(
            batch.give_up("lost", LOST) for batch in dead.filter(lease_expires_at__isnull=False)
        )
        return given_up + self._find_lost()

    def _find_lost(self) -> int:
        """Messages that a broker lost with its memory. A long queue is no loss: what waits there
        counts as found, or a backlog of an hour would be sent again every three minutes."""
        unclaimed = RawBatch.objects.unclaimed(timedelta(seconds=settings.REPUBLISH_AFTER))
        if not unclaimed.exists():
            return 0
        try:
            queued = cast(int, broker_client().llen(QUEUE))
        except (RedisError, OSError):
            return 0
        sent = RawBatch.objects.claimable().filter(published_at__isnull=False).count()
        lost = list(unclaimed.values_list("pk", flat=True)[: max(0, sent - queued)])
        if not lost:
            return 0
        logger.warning("%s batches of events were lost by the broker: sent again.", len(lost))
        return RawBatch.objects.claimable().filter(pk__in=lost).update(published_at=None)
