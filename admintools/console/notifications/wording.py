"""Subscriptions and deliveries as the pages say them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console.formatting import EN_DASH, number
from admintools.jobs.registry import registry
from admintools.jobs.texts import render
from admintools.notify.kinds import Kind, words
from admintools.notify.models import Delivery, Notice, State, Subscription

# Icon and tone of each state.
LOOKS = {
    State.WAITING: ("clock", "info"),
    State.SENDING: ("run", "info"),
    State.DELIVERED: ("ok", "ok"),
    State.DEAD: ("err", "err"),
    State.DISCARDED: ("off", ""),
}


@dataclass(frozen=True)
class Row:
    """A subscription in words. ``off`` says why the product switched it off."""

    subscription: Subscription
    events: str
    limits: list[str]
    off: str


def row(subscription: Subscription) -> Row:
    chosen = [kind.label for kind in Kind if kind in subscription.events]
    return Row(
        subscription=subscription,
        events=" · ".join(str(label) for label in chosen),
        limits=_limits(subscription),
        off=render(subscription.off_reason, {}),
    )


def _limits(subscription: Subscription) -> list[str]:
    told = []
    if subscription.own_runs:
        told.append(_("only my runs"))
    if subscription.jobs:
        found = (registry.find(slug) for slug in subscription.jobs)
        told.append(", ".join(str(job.label) for job in found if job))
    begin, end = subscription.quiet_from, subscription.quiet_until
    if begin is not None and end is not None:
        hours = f"{begin:%H:%M}{EN_DASH}{end:%H:%M}"
        told.append(_("quiet %(hours)s") % {"hours": hours})
    if subscription.digest_minutes:
        n = subscription.digest_minutes
        every = ngettext("one message a minute", "one message in %(n)s minutes", n)
        told.append(every % {"n": number(n)})
    return told


@dataclass(frozen=True)
class Sent:
    """A delivery in words."""

    delivery: Delivery
    title: str
    icon: str
    tone: str
    error: str


def sent(deliveries: Iterable[Delivery]) -> list[Sent]:
    """Two queries for all of them."""
    found = list(deliveries)
    grouped = Notice.objects.filter(delivery__in=found).order_by().values("delivery")
    counts = {row["delivery"]: row for row in grouped.annotate(first=Min("id"), n=Count("id"))}
    notices = Notice.objects.in_bulk([row["first"] for row in counts.values()])
    return [_sent(each, counts.get(each.pk), notices) for each in found]


def _sent(delivery: Delivery, counted: Any, notices: dict[int, Notice]) -> Sent:
    notice = notices.get(counted["first"]) if counted else None
    title = words(notice.kind, notice.about)[0] if notice else ""
    if counted and counted["n"] > 1:
        more = counted["n"] - 1
        title += " " + _("and %(n)s more") % {"n": number(more)}
    icon, tone = LOOKS[State(delivery.state)]
    error = render(delivery.error_message, delivery.error_params)
    return Sent(delivery, title, icon, tone, error)
