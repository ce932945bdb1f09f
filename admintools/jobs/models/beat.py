"""Which processes live."""

from django.db import models


class ProcessBeat(models.Model):
    """Proof of life of one long-lived process: worker, dispatch, sync_index, beat."""

    name = models.CharField(max_length=20)
    instance = models.CharField(max_length=200, unique=True)
    queues = models.JSONField(default=list, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "instance"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.instance
