"""Events that could not be stored."""

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from micasillero.events.querysets import RejectedEventQuerySet

from .batch import LONGEST_CLIENT, RawBatch, said


class RejectedState(models.TextChoices):
    """What became of an event that could not be stored."""

    DEAD = "dead", _("Dead letter")
    REPLAYED = "replayed", _("Replayed")
    DISCARDED = "discarded", _("Discarded")


class RejectedEvent(models.Model):
    """One event of a batch that could not be stored while its batch mates were.

    ``event`` is the object of the raw batch. ``replayed_at`` is when it was stored after all.
    """

    batch = models.ForeignKey(
        RawBatch,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="rejects",
        verbose_name=_("batch"),
    )
    client = models.CharField(_("client"), max_length=LONGEST_CLIENT)
    event = models.JSONField(_("event"))
    rejected_at = models.DateTimeField(_("rejected at"), default=timezone.now)
    state = models.CharField(
        _("state"), max_length=9, choices=RejectedState.choices, default=RejectedState.DEAD
    )
    error_code = models.CharField(_("error code"), max_length=60)
    error_message = models.TextField(_("error"), blank=True, default="")
    traceback = models.TextField(blank=True, default="")
    replayed_at = models.DateTimeField(_("replayed at"), null=True, blank=True)

    objects = RejectedEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("rejected event")
        verbose_name_plural = _("rejected events")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(state="dead"), name="micasillero_rejected_dead"
            )
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.error_code}"

    @classmethod
    def of(cls, batch: RawBatch, event: Any, error: Exception, traceback: str) -> "RejectedEvent":
        """The dead letter of one object of a batch; saved by the caller, many at once."""
        why = said(type(error).__name__, str(error), traceback)
        return cls(batch=batch, client=batch.client, event=event, **why)

    def refused_again(self, error: Exception, traceback: str) -> None:
        """It stays a dead letter, with the newer reason. Saves."""
        why = said(type(error).__name__, str(error), traceback)
        RejectedEvent.objects.filter(pk=self.pk).update(**why)

    def stored_after_all(self) -> None:
        """It is an event now. Saves."""
        RejectedEvent.objects.filter(pk=self.pk).update(
            state=RejectedState.REPLAYED, replayed_at=Now()
        )

    def discard(self) -> bool:
        """Nobody will replay it; False when it is no dead letter any more."""
        dead = RejectedEvent.objects.dead().filter(pk=self.pk)
        return bool(dead.update(state=RejectedState.DISCARDED))
