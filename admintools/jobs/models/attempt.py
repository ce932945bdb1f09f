"""Each claim of a run."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .run import TaskHistory


class Attempt(models.Model):
    """One claim of a run by a worker and how it ended.

    ``resumed_from`` and ``reached`` count items: those that earlier attempts had stored, and how
    far this one came.
    """

    class Outcome(models.TextChoices):
        """How the attempt ended."""

        RUNNING = "running", _("Running")
        SUCCEEDED = "succeeded", _("Succeeded")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        LOST = "lost", _("Worker lost")
        AGAIN = "again", _("To be tried again")
        DRAINED = "drained", _("Given back, the worker was leaving")
        LIMITED = "limited", _("Given back at the time limit")

    run = models.ForeignKey(TaskHistory, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    epoch = models.PositiveIntegerField()
    celery_id = models.CharField(max_length=36, blank=True, default="")
    worker = models.CharField(max_length=200, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.RUNNING)
    resumed_from = models.BigIntegerField(default=0, db_default=0)
    reached = models.BigIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-epoch"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["run", "epoch"], name="admintools_attempt_epoch")
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"
