"""Since when a queue has no worker."""

from django.db import models


class UnservedQueue(models.Model):
    """A queue without a worker now. Kept as a row, so that whoever looks next, in whatever process,
    knows that it is the same silence and announces it once."""

    queue = models.CharField(max_length=60, primary_key=True)
    since = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.queue
