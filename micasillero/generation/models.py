"""What a run of keyword generation did, and what a person then decided about it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    """A run of a model waits for a person; what it wrote is searched only once accepted."""

    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting for a decision")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    REVERTED = "reverted", _("Reverted")


class GenerationRun(models.Model):
    """One run by a provider that costs money: its figures and its decision.

    ``run_id`` is the task id that its keywords carry. ``counts`` are lines, without, suggested,
    passed, doubtful and dropped (by filter). Costs are in millionths of a US dollar.
    ``sample`` are the ids of the keywords that a person reads before deciding. ``quality`` are the
    figures of the query set before and after the acceptance.
    """

    run_id = models.CharField(_("run"), max_length=36, unique=True)
    provider = models.CharField(_("provider"), max_length=20)
    model = models.CharField(_("model"), max_length=80)
    prompt_version = models.CharField(_("prompt version"), max_length=20)
    state = models.CharField(
        _("state"), max_length=8, choices=RunState.choices, default=RunState.RUNNING
    )
    counts = models.JSONField(_("counts"), default=dict)
    calls = models.PositiveIntegerField(_("calls"), default=0)
    reused = models.PositiveIntegerField(_("answers reused"), default=0)
    input_tokens = models.PositiveBigIntegerField(_("input tokens"), default=0)
    output_tokens = models.PositiveBigIntegerField(_("output tokens"), default=0)
    cost_micros = models.PositiveBigIntegerField(_("cost, millionths of a dollar"), default=0)
    sample = models.JSONField(_("sample"), default=list)
    quality = models.JSONField(_("quality"), default=dict)
    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("generation run")
        verbose_name_plural = _("generation runs")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.provider} {self.model} {self.run_id}"
