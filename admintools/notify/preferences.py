"""When a subscription wants its next message: not within its quiet hours, and no flood."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from .models import Subscription


def planned(subscription: Subscription, now: datetime) -> datetime:
    """``now``, or the first later moment that the subscriber allows: so long after the last message
    as digest_minutes says, then after the quiet hours. What comes before it goes together."""
    at = now
    if subscription.digest_minutes:
        last = subscription.deliveries.filter(test=False).order_by("-planned_for").first()
        if last:
            at = max(at, last.planned_for + timedelta(minutes=subscription.digest_minutes))
    if subscription.quiet_from is None or subscription.quiet_until is None:
        return at
    return after_quiet(at, subscription.quiet_from, subscription.quiet_until)


def after_quiet(at: datetime, begin: time, end: time) -> datetime:
    """``at``, or the end of the quiet hours that it lies in. They are local times, and may span
    midnight."""
    local = timezone.localtime(at)
    clock = local.time()
    if begin <= end:
        quiet, ends_tomorrow = begin <= clock < end, False
    else:
        quiet, ends_tomorrow = clock >= begin or clock < end, clock >= begin
    if not quiet:
        return at
    day = local.date() + timedelta(days=ends_tomorrow)
    return timezone.make_aware(datetime.combine(day, end))
