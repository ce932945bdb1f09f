"""Which queues are stopped."""

from django.db import models


class QueuePause(models.Model):
    """A queue that a person has stopped: nothing on it starts until somebody resumes it."""

    queue = models.CharField(max_length=60, unique=True)
    paused_at = models.DateTimeField(auto_now_add=True)
    paused_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["queue"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.queue
