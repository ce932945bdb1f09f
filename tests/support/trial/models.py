"""What a trial job leaves behind."""

from django.db import models


class Stored(models.Model):
    """One item that ``trial_resume`` has done, stored together with its checkpoint."""

    task_id = models.CharField(max_length=36)
    item = models.PositiveIntegerField()
    epoch = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["task_id", "item"], name="trial_stored_once")
        ]

    def __str__(self) -> str:
        return f"{self.task_id}/{self.item}"
