"""One attempt of a delivery: claim, send, write what came of it."""

import logging

from django.utils.translation import gettext_noop as _

from admintools.jobs.texts import scrub, scrub_params

from . import email, webhook
from .faults import Gone, Passing, Permanent
from .messages import message_of
from .models import Channel, Delivery

logger = logging.getLogger(__name__)

CHANNELS = {
    Channel.EMAIL: email.send,
    Channel.WEBHOOK: webhook.send_signed,
    Channel.SLACK: webhook.send_slack,
}
SWITCHED_OFF = _(
    "The receiver said that it is gone (410), so nothing more is sent there. Correct the address "
    "and switch it on again."
)


def deliver(delivery_id: int) -> Delivery | None:
    """Send it if it is due. Returns the row as it stands, None when the claim was lost.

    Whoever else has its message, or comes by later, finds it claimed: it goes out once an attempt.
    An attempt whose sender dies after sending is repeated under the same key.
    """
    delivery = Delivery.objects.claim(delivery_id)
    if delivery is None:
        logger.info("Message for delivery %s dropped: not ours, or not yet due.", delivery_id)
        return None
    subscription = delivery.subscription
    try:
        send = CHANNELS[Channel(subscription.channel)]
        delivery.delivered(send(subscription, message_of(delivery)))
    except Permanent as fault:
        params = scrub_params(fault.params)
        delivery.give_up(fault.code, fault.message, params, answer=fault.answer)
        if isinstance(fault, Gone):
            subscription.switch_off(SWITCHED_OFF)
    except Passing as fault:
        _again(delivery, fault)
    except Exception as error:
        logger.exception("Delivery %s failed.", delivery.key)
        told = _("An unexpected error (%(kind)s): tell the engineer on call.")
        _again(delivery, Passing("unexpected", told, kind=type(error).__name__))
    if delivery.error_code:
        why = scrub(delivery.error_message % delivery.error_params)
        logger.warning("Delivery %s is %s: %s", delivery.key, delivery.state, why)
    return delivery


def _again(delivery: Delivery, fault: Passing) -> None:
    delivery.try_again(
        fault.code,
        fault.message,
        scrub_params(fault.params),
        answer=fault.answer,
        after=fault.after,
    )
