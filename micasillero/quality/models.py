"""The queries with judgments, what the search made of them, and what people asked besides."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .judged import JudgedQuery
from .prefixes import check_judgment
from .querysets import AskedQuerySet, EvaluationQuerySet, JudgmentQuerySet

LONGEST_ASKED = 200


class QueryType(models.TextChoices):
    """How a query is written, which is what a figure by type tells apart."""

    SPANISH = "es", _("Spanish")
    ENGLISH = "en", _("English")
    MIXED = "mixed", _("both languages")
    BRAND = "brand", _("brand or invoice line")
    TYPO = "typo", _("misspelled")
    CODE = "code", _("tariff code")


def own_name() -> str:
    """A name for a query that did not come with the product."""
    return f"own-{secrets.token_hex(4)}"


class QueryJudgment(models.Model):
    """A query, and the beginnings of the codes that answer it.

    ``name`` stays the same for good: by it two evaluations find each other's queries, and a newer
    edition of the product its own. ``edited_at`` None: no person has touched it.
    """

    name = models.CharField(_("name"), max_length=40, unique=True, default=own_name, editable=False)
    query = models.CharField(_("query"), max_length=LONGEST_ASKED)
    type = models.CharField(_("type"), max_length=8, choices=QueryType.choices)
    area = models.CharField(_("area"), max_length=40, blank=True, default="")
    relevant = models.JSONField(
        _("acceptable codes"),
        default=list,
        help_text=_("Beginnings of tariff codes, such as 6404.11: any line below is an answer."),
    )
    best = models.JSONField(
        _("ideal codes"),
        default=list,
        blank=True,
        help_text=_("Those of them that answer it best. They count twice in nDCG."),
    )
    active = models.BooleanField(
        _("asked"), default=True, help_text=_("Evaluations leave out what is not ticked.")
    )
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("edited by"),
    )

    objects = JudgmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("judged query")
        verbose_name_plural = _("judged queries")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.query

    def clean(self) -> None:
        """Raise ValidationError, by field, unless the codes are some of the loaded tariff."""
        check_judgment(self.relevant, self.best)

    def as_judged(self) -> JudgedQuery:
        """As evaluations take it."""
        return JudgedQuery(
            self.name, self.query, self.type, self.area, tuple(self.relevant), tuple(self.best)
        )


class SearchEvaluation(models.Model):
    """What the search made of the judged queries at one time.

    The measures are those of the summary of evaluate.Evaluation; ``details`` is its as_json().
    ``run_id`` is the task id of the run that measured, "" for a command.
    """

    run_id = models.CharField(_("run"), max_length=36, blank=True, default="")
    engine = models.CharField(_("engine"), max_length=20)
    index = models.CharField(_("index"), max_length=200)
    at = models.DateTimeField(_("measured at"), auto_now_add=True)
    n = models.PositiveIntegerField(_("queries"))
    success_1 = models.FloatField("S@1")
    success_5 = models.FloatField("S@5")
    precision_5 = models.FloatField("P@5")
    mrr_10 = models.FloatField("MRR@10")
    ndcg_10 = models.FloatField("nDCG@10")
    zero_result_rate = models.FloatField(_("without a result"))
    relaxed_rate = models.FloatField(_("near misses"))
    p95_ms = models.FloatField(_("95 of 100 answered within, ms"))
    details = models.JSONField(default=dict)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation of the search")
        verbose_name_plural = _("evaluations of the search")
        ordering = ["-at", "-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["engine", "-at"], name="micasillero_evaluated_at")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.index}"

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """One for each query, as evaluate.Outcome."""
        return self.details["outcomes"]


class AskedQuery(models.Model):
    """One query as people asked it, whatever its accents and capitals.

    ``folded`` is what makes two queries the same, ``text`` how it was written last. ``without``
    counts the times nothing was found, ``missed_at`` is the last of them.
    """

    class State(models.TextChoices):
        """What a person made of a query that found nothing."""

        OPEN = "", _("open")
        JUDGED = "judged", _("judged")
        DISMISSED = "dismissed", _("dismissed")

    folded = models.CharField(_("query, folded"), max_length=LONGEST_ASKED, unique=True)
    text = models.CharField(_("query"), max_length=LONGEST_ASKED)
    times = models.PositiveIntegerField(_("times asked"), default=0)
    without = models.PositiveIntegerField(_("times without a result"), default=0)
    first_at = models.DateTimeField(_("first asked"))
    last_at = models.DateTimeField(_("last asked"))
    missed_at = models.DateTimeField(_("last without a result"), null=True, blank=True)
    state = models.CharField(
        _("state"),
        max_length=9,
        choices=State.choices,
        blank=True,
        default=State.OPEN,
        db_default="",
    )

    objects = AskedQuerySet.as_manager()

    class Meta:
        verbose_name = _("asked query")
        verbose_name_plural = _("asked queries")
        ordering = ["-without", "-times", "id"]
        indexes = [
            models.Index(fields=["-without", "-times"], name="micasillero_asked_most"),
            models.Index(
                fields=["-missed_at"], condition=models.Q(state=""), name="micasillero_asked_missed"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def settle(self, state: "AskedQuery.State") -> bool:
        """Take it off the list; False when somebody else has already."""
        moved = AskedQuery.objects.filter(pk=self.pk, state=AskedQuery.State.OPEN)
        if not moved.update(state=state):
            return False
        self.state = state
        return True
