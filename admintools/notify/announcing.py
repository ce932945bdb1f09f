"""Telling whoever wants to know. For the caller it costs some rows and never an error."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from admintools.jobs.texts import storable

from .models import Delivery, Notice, Subscription
from .preferences import planned

logger = logging.getLogger(__name__)

MOST_KEY, MOST_LINK = 200, 500


def announce(kind: str, *, key: str, about: Mapping[str, Any], link: str = "") -> int:
    """Write a delivery for each subscription that wants it; returns how many were new.

    ``key`` names what happened: announced again, by whomever, it reaches nobody twice. ``about``
    holds what kinds.words needs, ids and texts that may leave the house; ``link`` is a path of this
    site. Never raises and sends nothing: the dispatcher puts the rows on their queue within a
    second, and the process `notify` works them off where that fails. Within a transaction it is
    kept with it, or not at all.
    """
    try:
        with transaction.atomic():
            return _write(kind, key[:MOST_KEY], storable(dict(about)), link[:MOST_LINK])
    except Exception:
        logger.exception("Announcement %s of %s was not written.", key, kind)
        return 0


def _write(kind: str, key: str, about: dict[str, Any], link: str) -> int:
    now = timezone.now()
    wanted = [each for each in Subscription.objects.on() if each.wants(kind, about)]
    return sum(_reach(each, now, key=key, kind=kind, about=about, link=link) for each in wanted)


def _reach(subscription: Subscription, now: datetime, **notice: Any) -> bool:
    try:
        with transaction.atomic():
            if subscription.gathers:
                # Of two that announce at once, the second finds the delivery of the first.
                Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
            if Notice.objects.filter(subscription=subscription, key=notice["key"]).exists():
                return False
            Notice.objects.create(
                subscription=subscription, delivery=_ride(subscription, now), at=now, **notice
            )
    except (IntegrityError, Subscription.DoesNotExist):
        return False  # announced by somebody else, or unsubscribed, in this very moment
    return True


def _ride(subscription: Subscription, now: datetime) -> Delivery:
    """The delivery that it goes with: one that waits for its time, else a new one."""
    at = planned(subscription, now)
    if at > now:
        # Locked, or it might be sent between this look and the writing.
        waiting = Delivery.objects.gathering(subscription, now).select_for_update()
        if found := waiting.order_by("id").first():
            return found
    return Delivery.objects.create(subscription=subscription, planned_for=at, next_try_at=at)


def announce_test(subscription: Subscription, who: str) -> Delivery:
    """A message to this subscription alone, now, whatever its settings say."""
    now = timezone.now()
    with transaction.atomic():
        delivery = Delivery.objects.create(
            subscription=subscription, test=True, planned_for=now, next_try_at=now
        )
        Notice.objects.create(
            subscription=subscription,
            delivery=delivery,
            key=delivery.key,
            kind="test",
            about={"who": who},
            at=now,
        )
    return delivery
