"""Who wants to hear of what, by which way, and when they want to be left alone."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Group, User
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from admintools.notify.kinds import OF_RUNS

MOST_ADDRESS = 500


def new_nonce() -> str:
    return secrets.token_hex(16)


class Channel(models.TextChoices):
    """How a message travels."""

    EMAIL = "email", _("E-mail")
    WEBHOOK = "webhook", _("Signed webhook")
    SLACK = "slack", _("Slack or compatible")


class SubscriptionQuerySet(models.QuerySet):
    def on(self) -> "SubscriptionQuerySet":
        """Switched on, and of a team or of somebody who may still enter."""
        living = Q(user__is_active=True, user__is_staff=True)
        return self.filter(Q(team__isnull=False) | living, enabled=True)

    def of(self, user: User | AnonymousUser) -> "SubscriptionQuerySet":
        return self.filter(user=user.pk)

    def of_teams(self) -> "SubscriptionQuerySet":
        return self.filter(team__isnull=False)


class Subscription(models.Model):
    """Of one person or of one team. ``jobs`` empty stands for every job; ``digest_minutes`` is the
    least time between two messages, 0 for none; without quiet hours both times are None.

    ``address`` is an e-mail address or a URL. The latter may be all that a stranger needs to write
    there, so that pages show it shortened. ``nonce`` is what the webhook's secret is made from
    (notify.signing). ``off_reason`` says why the product itself switched it off.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(
        Group, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    events = models.JSONField(default=list)
    jobs = models.JSONField(default=list, blank=True)
    own_runs = models.BooleanField(default=False)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    address = models.CharField(max_length=MOST_ADDRESS)
    nonce = models.CharField(max_length=32, default=new_nonce)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    digest_minutes = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=10, default="es-hn")
    enabled = models.BooleanField(default=True)
    off_reason = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(team__isnull=True),
                name="admintools_notify_one_owner",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.shown_address}"

    @property
    def shown_address(self) -> str:
        """An e-mail address whole; of a URL the host, since what follows is often a secret."""
        if self.channel == Channel.EMAIL:
            return self.address
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/…"

    @property
    def gathers(self) -> bool:
        """Whether a message may have to wait for others to come along."""
        return bool(self.digest_minutes or self.quiet_from is not None)

    def wants(self, kind: str, about: Mapping[str, Any]) -> bool:
        if kind not in self.events:
            return False
        if kind not in OF_RUNS:
            return True
        if self.jobs and about.get("job") not in self.jobs:
            return False
        return not self.own_runs or about.get("initiator") == self.user_id

    def switch_on(self) -> None:
        self.enabled, self.off_reason = True, ""
        self.save(update_fields=["enabled", "off_reason"])

    def switch_off(self, reason: str = "") -> None:
        """Send nothing more, what waits included. ``reason`` is a msgid, "" where a person did
        it."""
        self.enabled, self.off_reason = False, reason
        self.save(update_fields=["enabled", "off_reason"])
        self.deliveries.discard_waiting()

    def renew_secret(self) -> None:
        """From now on another secret signs."""
        self.nonce = new_nonce()
        self.save(update_fields=["nonce"])
