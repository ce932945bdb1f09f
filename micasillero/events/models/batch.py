"""The accepted events of one request, and the ids that were accepted."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from micasillero.events.querysets import EventKeyQuerySet, RawBatchQuerySet

LONGEST_CLIENT = 60


class BatchState(models.TextChoices):
    """How far a raw batch is."""

    WAITING = "waiting", _("Waiting")
    STORED = "stored", _("Stored")
    DEAD = "dead", _("Dead letter")
    DISCARDED = "discarded", _("Discarded")


class RawBatch(models.Model):
    """The accepted events of one request, checked, and still in one piece.

    ``events`` is a list of objects as the schema writes them (see schema.Event.as_raw). ``client``
    is the name of the program that sent them. ``lease_expires_at`` is set while a worker has it,
    ``next_attempt_at`` where it failed and is to be tried again. ``stored``, ``rejected`` and
    ``alerts`` count what became of it.
    """

    client = models.CharField(_("client"), max_length=LONGEST_CLIENT)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    events = models.JSONField(_("events"))
    size = models.PositiveIntegerField(_("events"))
    state = models.CharField(
        _("state"), max_length=9, choices=BatchState.choices, default=BatchState.WAITING
    )
    published_at = models.DateTimeField(_("sent to the queue at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    stored = models.PositiveIntegerField(_("stored"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    alerts = models.PositiveIntegerField(_("alerts"), default=0)
    error_code = models.CharField(_("error code"), max_length=60, blank=True, default="")
    error_message = models.TextField(_("error"), blank=True, default="")
    traceback = models.TextField(blank=True, default="")

    objects = RawBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch of events")
        verbose_name_plural = _("batches of events")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            # Few wait and few are dead, whatever millions were stored.
            models.Index(
                fields=["id"],
                condition=models.Q(state="waiting"),
                name="micasillero_batch_waiting",
            ),
            models.Index(
                fields=["id"], condition=models.Q(state="dead"), name="micasillero_batch_dead"
            ),
            models.Index(fields=["received_at"], name="micasillero_batch_received"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.client}"

    @classmethod
    def claim(cls, number: int, lease: timedelta) -> "RawBatch | None":
        """Take the batch of that number for so long; None when it is not to be had. One winner,
        however many ask: ``attempts`` is then his alone."""
        taken = cls.objects.claimable().filter(pk=number)
        if not taken.update(
            attempts=F("attempts") + 1,
            lease_expires_at=Now() + lease,
            # Whoever dies on it leaves it to be sent again.
            published_at=None,
            next_attempt_at=None,
        ):
            return None
        return cls.objects.get(pk=number)

    def finish(self, *, stored: int, rejected: int, alerts: int) -> bool:
        """Its events are stored; False when it is no longer this attempt's."""
        return self._write(
            state=BatchState.STORED,
            stored=stored,
            rejected=rejected,
            alerts=alerts,
            lease_expires_at=None,
            finished_at=Now(),
            error_code="",
            error_message="",
            traceback="",
        )

    def try_again(self, after: timedelta, code: str, message: str, traceback: str) -> bool:
        """Give it back for another attempt, after so long."""
        return self._write(
            lease_expires_at=None,
            next_attempt_at=Now() + after,
            **said(code, message, traceback),
        )

    def give_up(self, code: str, message: str, traceback: str = "") -> bool:
        """A dead letter from now on."""
        return self._write(
            state=BatchState.DEAD,
            lease_expires_at=None,
            next_attempt_at=None,
            finished_at=Now(),
            **said(code, message, traceback),
        )

    def replay(self) -> bool:
        """A dead letter waits again, as if it had just come; False when it is none any more."""
        dead = RawBatch.objects.dead().filter(pk=self.pk)
        return bool(
            dead.update(
                state=BatchState.WAITING,
                attempts=0,
                published_at=None,
                next_attempt_at=Now(),
                finished_at=None,
            )
        )

    def discard(self) -> bool:
        """Nobody will replay it; False when it is no dead letter any more."""
        dead = RawBatch.objects.dead().filter(pk=self.pk)
        return bool(dead.update(state=BatchState.DISCARDED))

    def _write(self, **values: Any) -> bool:
        """Behind the fence: only while it waits, in this attempt."""
        mine = RawBatch.objects.waiting().filter(pk=self.pk, attempts=self.attempts)
        return bool(mine.update(**values))


def said(code: str, message: str, traceback: str) -> dict[str, str]:
    """What went wrong, as the columns of a dead letter."""
    return {"error_code": code, "error_message": message, "traceback": traceback}


class EventKey(models.Model):
    """An event id that was accepted from a client: what comes again under it is a duplicate.

    ``key`` is made of both (see intake), so that no client can take the ids of another.
    """

    key = models.UUIDField(primary_key=True)
    accepted_at = models.DateTimeField(default=timezone.now)

    objects = EventKeyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("accepted event id")
        verbose_name_plural = _("accepted event ids")
        indexes = [models.Index(fields=["accepted_at"], name="micasillero_key_accepted")]

    def __str__(self) -> str:
        return str(self.key)
