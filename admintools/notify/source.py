"""Deliveries as the dispatcher sees them: what is due goes on the queue, the quicker way.

Where that fails the process `notify` sends them itself.
"""

import logging

from django.utils.translation import gettext_noop as _

from admintools.jobs import publish
from admintools.jobs.models import new_task_id

from .models import Delivery

logger = logging.getLogger(__name__)

DELIVER = "admintools.tasks.deliver_notification"
QUEUE = "notifications"
AT_ONCE = 100


def put_on_queue(delivery: Delivery) -> bool:
    """True when the broker took it. Never raises for one that is away."""
    sent = publish.send(DELIVER, [delivery.pk], queue=QUEUE, task_id=new_task_id())
    return sent and delivery.published()


class DeliverySource:
    """A source of the dispatcher (jobs.sources.Source)."""

    name = "deliveries"

    def send_due(self) -> int:
        sent = 0
        for delivery in Delivery.objects.due()[:AT_ONCE]:
            if not put_on_queue(delivery):
                break  # the broker is away; the next one would wait as long
            sent += 1
        return sent

    def take_back_dead(self) -> int:
        return take_back_dead()


def take_back_dead() -> int:
    """Deliveries whose sender is gone are tried again; how many."""
    found = list(Delivery.objects.lease_expired())
    for delivery in found:
        logger.warning("Delivery %s lost its sender.", delivery.key)
        delivery.try_again("sender_lost", _("The process that sent it was lost."))
    return len(found)
