"""What people call a tariff line, beside its legal text."""

from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.utils.translation import gettext_lazy as _

from micasillero.catalog.changes import mark_ids
from micasillero.catalog.models import PartidaArancelaria

from .querysets import KeywordQuerySet

LONGEST_TEXT = 60


class Language(models.TextChoices):
    """Whose word it is. A brand counts as English: it stands so on American invoices."""

    SPANISH = "es", _("Spanish")
    ENGLISH = "en", _("English")


class Source(models.TextChoices):
    """Where a keyword comes from."""

    LEXICON = "lexicon", _("lexicon")
    AI = "ai", _("AI")
    LEARNED = "learned", _("learned")
    MANUAL = "manual", _("by hand")


class Status(models.TextChoices):
    """Only approved keywords are searched."""

    PENDING = "pending", _("Pending")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    SNOOZED = "snoozed", _("Snoozed")


class Verdict(models.TextChoices):
    """What the filters said of a suggestion. Doubtful ones are read by a person, one by one."""

    NONE = "", _("not judged")
    PASSED = "passed", _("passed")
    DOUBTFUL = "doubtful", _("doubtful")


class Keyword(models.Model):
    """One word or short phrase of one tariff line.

    A row that a person decided (``decided_by``) is never changed by a run. ``run_id`` is the task
    id of the run that wrote it, "" for none. The ``previous_`` fields are how it was before its
    last decision, for undo (see decisions); "" means that nothing can be undone.
    """

    partida = models.ForeignKey(
        PartidaArancelaria,
        on_delete=models.CASCADE,
        related_name="keywords",
        verbose_name=_("tariff line"),
    )
    text = models.CharField(_("keyword"), max_length=LONGEST_TEXT)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    source = models.CharField(_("source"), max_length=8, choices=Source.choices)
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.PENDING
    )
    verdict = models.CharField(
        _("verdict of the filters"),
        max_length=8,
        choices=Verdict.choices,
        blank=True,
        default=Verdict.NONE,
        db_default="",
    )
    evidence = models.JSONField(
        _("evidence"), default=dict, blank=True, help_text=_("Why it was proposed, as JSON.")
    )
    provider = models.CharField(_("provider"), max_length=20, blank=True, default="")
    model = models.CharField(_("model"), max_length=80, blank=True, default="")
    prompt_version = models.CharField(_("prompt version"), max_length=20, blank=True, default="")
    run_id = models.CharField(_("run"), max_length=36, blank=True, default="", db_index=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    previous_status = models.CharField(
        max_length=8, choices=Status.choices, blank=True, default="", db_default="", editable=False
    )
    previous_decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    previous_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    objects = KeywordQuerySet.as_manager()

    class Meta:
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")
        ordering = ["partida_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["partida", "language", "text"], name="micasillero_keyword_once"
            )
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="micasillero_keyword_status"),
            # How many headings a suggested word stands for is asked for each line of a model run.
            models.Index(fields=["text"], name="micasillero_keyword_text"),
        ]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: Any, **options: Any) -> None:
        """As Django's; marks the line, as the queryset's writes do."""
        with transaction.atomic():
            super().save(*args, **options)
            mark_ids([self.partida_id], self._state.db or DEFAULT_DB_ALIAS)

    def delete(self, *args: Any, **options: Any) -> Any:
        """As Django's; marks the line."""
        with transaction.atomic():
            mark_ids([self.partida_id], self._state.db or DEFAULT_DB_ALIAS)
            return super().delete(*args, **options)
