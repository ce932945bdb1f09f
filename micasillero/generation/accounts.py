"""What the language models cost: answers that were paid, and money that was set aside for them."""

from typing import Any

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class PaidAnswer(models.Model):
    """An answer that was paid and is never paid again.

    ``key`` is the hash of everything it depends on (see asking.key_of). ``refused`` says that
    nobody can use it, and that the one asked for in its place was no better. ``seconds`` that the
    call took. Costs are in millionths of a US dollar.
    """

    key = models.CharField(_("key"), max_length=64, unique=True)
    provider = models.CharField(_("provider"), max_length=20)
    model = models.CharField(_("model"), max_length=80)
    prompt_version = models.CharField(_("prompt version"), max_length=20)
    data = models.JSONField(_("answer"))
    refused = models.BooleanField(_("unusable"), default=False, db_default=False)
    input_tokens = models.PositiveIntegerField(_("input tokens"))
    output_tokens = models.PositiveIntegerField(_("output tokens"))
    cost_micros = models.PositiveBigIntegerField(_("cost, millionths of a dollar"))
    seconds = models.FloatField(_("seconds"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        app_label = "micasillero_generation"
        verbose_name = _("paid answer")
        verbose_name_plural = _("paid answers")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["provider", "model", "prompt_version"], name="micasillero_answer_of"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.model} {self.key[:12]}"


class Account(models.Model):
    """What was spent under one cap: "run:TASK_ID" or "month:2026-11".

    ``micros`` holds what is set aside for calls whose cost is not known yet, besides what calls
    cost.
    """

    name = models.CharField(_("name"), max_length=50, unique=True)
    micros = models.PositiveBigIntegerField(_("spent, millionths of a dollar"), default=0)
    calls = models.PositiveIntegerField(_("calls"), default=0)
    input_tokens = models.PositiveBigIntegerField(_("input tokens"), default=0)
    output_tokens = models.PositiveBigIntegerField(_("output tokens"), default=0)

    class Meta:
        app_label = "micasillero_generation"
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def take(cls, name: str, micros: int, cap: int) -> bool:
        """Set money aside, unless that would pass the cap. The look and the write are one
        statement: of many at the same time no two can both have the last of it."""
        cls.objects.get_or_create(name=name)
        fits = cls.objects.filter(name=name, micros__lte=cap - micros)
        return fits.update(micros=F("micros") + micros, calls=F("calls") + 1) == 1

    @classmethod
    def change(cls, name: str, micros: int, **tokens: int) -> None:
        """Add to what was spent (or take from it), and to the tokens."""
        values: dict[str, Any] = {field: F(field) + count for field, count in tokens.items()}
        cls.objects.filter(name=name).update(micros=F("micros") + micros, **values)


class Charge(models.Model):
    """One call: set aside before it was made, settled when its cost was known.

    ``cost_micros`` None means that nobody knows how the call ended (a killed process, no answer in
    time): it stays charged with all that was set aside.
    """

    account = models.CharField(_("account"), max_length=50)
    month = models.CharField(_("month"), max_length=7)
    reserved_micros = models.PositiveBigIntegerField(_("set aside, millionths of a dollar"))
    cost_micros = models.PositiveBigIntegerField(
        _("cost, millionths of a dollar"), null=True, blank=True
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        app_label = "micasillero_generation"
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.account} {self.reserved_micros}"
