"""What a run of keyword generation did, and what a person then decided about it."""

from collections.abc import Sequence

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .accounts import Account, Charge, PaidAnswer

__all__ = ["Account", "Charge", "GenerationRun", "ModelComparison", "PaidAnswer", "RunState"]


class RunState(models.TextChoices):
    """A run of a model waits for a person; what it wrote is searched only once accepted."""

    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting for a decision")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    REVERTED = "reverted", _("Reverted")


# In the place of a provider: the keywords are learned from what people choose.
LEARNING = "learning"


class GenerationRun(models.Model):
    """One run by a provider that costs money, or one of learning: its figures and its decision.

    ``run_id`` is the task id that its keywords carry. ``counts`` are lines, without (lines that
    got none), refused (lines without a usable answer), suggested, passed, doubtful and dropped (by
    filter); of a learning run considered, passed, refreshed and dropped. ``last_line`` is the id of
    the last line that is done. Costs are in millionths of a US dollar, what is set aside for calls
    of unknown outcome included. ``sample`` are the ids of the keywords that a person reads before
    deciding. ``quality`` are the figures of the query set before and after the acceptance.
    """

    run_id = models.CharField(_("run"), max_length=36, unique=True)
    provider = models.CharField(_("provider"), max_length=20)
    model = models.CharField(_("model"), max_length=80)
    prompt_version = models.CharField(_("prompt version"), max_length=20)
    state = models.CharField(
        _("state"), max_length=8, choices=RunState.choices, default=RunState.RUNNING
    )
    counts = models.JSONField(_("counts"), default=dict)
    last_line = models.PositiveBigIntegerField(_("last line done"), default=0, db_default=0)
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

    @property
    def is_learned(self) -> bool:
        """Did customers and staff say these words, not a model?"""
        return self.provider == LEARNING

    @property
    def name(self) -> str:
        """What a person calls it."""
        if self.is_learned:
            return str(_("Learned from what people choose"))
        return f"{self.provider} {self.model}"

    @property
    def account(self) -> str:
        """The name of the account that its calls are charged to."""
        return f"run:{self.run_id}"

    def tally(self, **counts: int) -> None:
        """Count on; save it with the lines that were counted."""
        for name, count in counts.items():
            self.counts[name] = self.counts.get(name, 0) + count

    def tally_dropped(self, reasons: Sequence[str]) -> None:
        """Count suggestions that the filters dropped, by reason."""
        dropped = self.counts.setdefault("dropped", {})
        for reason in reasons:
            dropped[reason] = dropped.get(reason, 0) + 1

    def read_account(self) -> None:
        """Take over what its calls cost so far; the caller saves."""
        spent = Account.objects.filter(name=self.account).first() or Account()
        self.calls, self.cost_micros = spent.calls, spent.micros
        self.input_tokens, self.output_tokens = spent.input_tokens, spent.output_tokens


class ModelComparison(models.Model):
    """Two models on the same lines. ``sides`` are the two models' figures (comparing.compare),
    ``lines`` each line's terms by both; ``queries`` judged ones are answered by these lines, of
    which ``covered_before`` had all their words there without any new term.
    """

    run_id = models.CharField(_("run"), max_length=36, unique=True)
    sides = models.JSONField(_("models"))
    lines = models.JSONField(_("lines"))
    queries = models.PositiveIntegerField(_("judged queries"))
    covered_before = models.PositiveIntegerField(_("queries covered before"))
    calls = models.PositiveIntegerField(_("calls"), default=0)
    cost_micros = models.PositiveBigIntegerField(_("cost, millionths of a dollar"), default=0)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("comparison of models")
        verbose_name_plural = _("comparisons of models")
        ordering = ["-id"]

    def __str__(self) -> str:
        return " / ".join(side["model"] for side in self.sides)

    def keep(self) -> None:
        """Store it with what its run spent, in the place of what an earlier attempt stored."""
        spent = Account.objects.filter(name=f"run:{self.run_id}").first() or Account()
        self.calls, self.cost_micros = spent.calls, spent.micros
        type(self).objects.filter(run_id=self.run_id).delete()
        self.save()
