"""Which processes live."""

from django.db import models


class ProcessBeat(models.Model):
    """Proof of life of one long-lived process: worker, dispatch, sync_index, beat.

    A worker says besides how many processes its pool has, how many messages it holds that none of
    them has begun (``reserved``), and the resident memory of them all in bytes.
    """

    name = models.CharField(max_length=20)
    instance = models.CharField(max_length=200, unique=True)
    queues = models.JSONField(default=list, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField()
    pool = models.PositiveIntegerField(null=True)
    reserved = models.PositiveIntegerField(null=True)
    memory = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["name", "instance"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.instance
