"""What a run says."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .run import TaskHistory


class LogLine(models.Model):
    """One line of a run's log: a msgid with its parameters, translated for each reader."""

    class Level(models.TextChoices):
        """How serious it is."""

        INFO = "info", _("Info")
        WARNING = "warning", _("Warning")
        ERROR = "error", _("Error")

    run = models.ForeignKey(TaskHistory, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField()
    level = models.CharField(max_length=7, choices=Level.choices, default=Level.INFO)
    text = models.TextField()
    params = models.JSONField(default=dict, blank=True)
    item = models.CharField(
        max_length=200, blank=True, default="", help_text=_("What failed, in a line about one.")
    )
    code = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["at"], name="admintools_logline_at"),
            models.Index(fields=["run", "id"], name="admintools_logline_run"),
            models.Index(fields=["run"], condition=~Q(item=""), name="admintools_logline_failed"),
        ]

    def __str__(self) -> str:
        return self.text
