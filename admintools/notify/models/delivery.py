"""A message on its way: the row is the truth about it, the queue only a quicker way to it."""

import random
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from admintools.notify.kinds import Kind

from .querysets import DeliveryQuerySet
from .subscription import Subscription

MOST_ATTEMPTS = 5
# Whatever the other side asks for in a Retry-After.
LONGEST_WAIT = 24 * 3600.0


def new_key() -> str:
    return f"msg_{uuid.uuid4().hex}"


class State(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    DELIVERED = "delivered", _("Delivered")
    DEAD = "dead", _("Given up")
    DISCARDED = "discarded", pgettext_lazy("delivery", "Discarded")


class Delivery(models.Model):
    """One message to one subscription, with one announcement or, as a digest, several.

    ``key`` is the idempotency key: the same in every attempt and replay. ``attempts`` counts from
    the last replay, ``claims`` for ever: it fences off a sender that woke up too late.
    ``planned_for`` is when it was to go first, ``next_try_at`` when it goes next (None: never).
    A dead letter is the state DEAD.
    """

    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="deliveries"
    )
    key = models.CharField(max_length=40, unique=True, default=new_key)
    test = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    claims = models.PositiveIntegerField(default=0)
    answer_code = models.PositiveIntegerField(null=True, blank=True)
    error_code = models.CharField(max_length=60, blank=True, default="")
    error_message = models.TextField(blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    planned_for = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state__in=("waiting", "sending")),
                name="admintools_notify_due",
            ),
            models.Index(fields=["subscription", "-id"], name="admintools_notify_newest"),
            models.Index(fields=["state", "-id"], name="admintools_notify_state"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_over(self) -> bool:
        return self.state not in (State.WAITING, State.SENDING)

    @property
    def most_attempts(self) -> int:
        return MOST_ATTEMPTS

    def delivered(self, code: int | None) -> bool:
        """The other side has it. This and what follows: False when somebody else has the delivery
        by now."""
        return self._leave(
            State.DELIVERED,
            answer_code=code,
            error_code="",
            error_message="",
            error_params={},
            ended_at=Now(),
            next_try_at=None,
        )

    def try_again(
        self,
        code: str,
        text: str,
        params: Mapping[str, Any] | None = None,
        *,
        answer: int | None = None,
        after: float | None = None,
    ) -> bool:
        """After a passing fault; the last attempt makes it a dead letter. ``after``: seconds that
        the other side asked for."""
        if self.attempts >= MOST_ATTEMPTS:
            return self.give_up(code, text, params, answer=answer)
        wait = min(max(after or 0.0, backoff(self.attempts)), LONGEST_WAIT)
        return self._leave(
            State.WAITING,
            answer_code=answer,
            error_code=code,
            error_message=text,
            error_params=dict(params or {}),
            next_try_at=Now() + timedelta(seconds=wait),
        )

    def give_up(
        self,
        code: str,
        text: str,
        params: Mapping[str, Any] | None = None,
        *,
        answer: int | None = None,
    ) -> bool:
        """A dead letter: no attempt would end otherwise."""
        return self._leave(
            State.DEAD,
            answer_code=answer,
            error_code=code,
            error_message=text,
            error_params=dict(params or {}),
            ended_at=Now(),
            next_try_at=None,
        )

    def replay(self) -> bool:
        """A dead letter is tried anew, with as many attempts as a new one and the same key. False
        when it is none (any more): of two who press the button one wins."""
        return self._move(
            Delivery.objects.dead(),
            state=State.WAITING,
            attempts=0,
            ended_at=None,
            next_try_at=Now(),
        )

    def discard(self) -> bool:
        """A dead letter that nobody needs. False when it is none (any more)."""
        return self._move(Delivery.objects.dead(), state=State.DISCARDED)

    def published(self) -> bool:
        """A queue has it."""
        return self._move(Delivery.objects.waiting(), published_at=Now())

    def _leave(self, state: State, **values: Any) -> bool:
        mine = Delivery.objects.filter(state=State.SENDING, claims=self.claims)
        return self._move(mine, state=state, lease_expires_at=None, **values)

    def _move(self, allowed: DeliveryQuerySet, **values: Any) -> bool:
        won = bool(allowed.filter(pk=self.pk).update(**values))
        if won:
            self.refresh_from_db()
        return won


def backoff(attempts: int) -> float:
    """Seconds before the next attempt: full jitter up to base·2^n, n from 0."""
    ceiling = settings.NOTIFY_RETRY_BASE_SECONDS * 2 ** (attempts - 1)
    return random.uniform(0, ceiling)  # noqa: S311 - spreads load, guards nothing


class Notice(models.Model):
    """One announcement to one subscription, and the delivery that it rides on. ``about`` holds what
    is put into words when it is sent, in the reader's language."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    about = models.JSONField(default=dict)
    link = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "key"], name="admintools_notify_once_each"
            )
        ]

    def __str__(self) -> str:
        return self.key
