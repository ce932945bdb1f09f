"""Whose notifications a person may see and change."""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet

from admintools.console.permissions import MANAGE_NOTIFICATIONS
from admintools.notify.models import Delivery, Subscription
from admintools.notify.models.querysets import DeliveryQuerySet


def subscriptions(user: User | AnonymousUser) -> QuerySet[Subscription]:
    """Their own, and with the permission those of teams."""
    mine = Q(user=user.pk)
    if user.has_perm(MANAGE_NOTIFICATIONS):
        mine |= Q(team__isnull=False)
    return Subscription.objects.filter(mine).select_related("team")


def deliveries(user: User | AnonymousUser) -> DeliveryQuerySet:
    """Those to these subscriptions."""
    found = Delivery.objects.of(subscriptions(user))
    return found.select_related("subscription", "subscription__team")
