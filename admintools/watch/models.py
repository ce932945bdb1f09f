"""The hours that went by, in figures: runs are deleted after some months, these stay longer."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class HourQuerySet(models.QuerySet):
    """Filters of the hours of jobs and queues."""

    def began_before(self, when: datetime) -> "HourQuerySet":
        return self.filter(hour__lt=when)

    def since(self, when: datetime) -> "HourQuerySet":
        return self.filter(hour__gte=when).order_by("hour")


class JobHour(models.Model):
    """The runs of one job that ended within the hour that began at ``hour``.

    ``duration`` reaches from a run's first start to its end, ``wait`` from its launch to that
    start; in seconds, and None where no run had one. A run in a command's process has no wait.
    """

    hour = models.DateTimeField(_("hour"))
    job = models.CharField(_("job"), max_length=60)
    runs = models.PositiveIntegerField(_("runs"))
    failures = models.PositiveIntegerField(_("failures"))
    duration_p50 = models.FloatField(null=True)
    duration_p95 = models.FloatField(null=True)
    wait_p50 = models.FloatField(null=True)
    wait_p95 = models.FloatField(null=True)

    objects = HourQuerySet.as_manager()

    class Meta:
        verbose_name = _("hour of a job")
        verbose_name_plural = _("hours of jobs")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["hour", "job"], name="admintools_one_row_per_job_hour")
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.hour:%Y-%m-%d %H}"


class QueueHour(models.Model):
    """One queue at the end of the hour that began at ``hour``; there is one of each queue for every
    hour that was collected.

    ``waiting`` counts the runs that had not begun, ``messages`` what the broker held when the hour
    was collected: None where it was away, or the hour long past.
    """

    hour = models.DateTimeField(_("hour"))
    queue = models.CharField(_("queue"), max_length=60)
    waiting = models.PositiveIntegerField(_("waiting"))
    messages = models.PositiveIntegerField(_("messages"), null=True)

    objects = HourQuerySet.as_manager()

    class Meta:
        verbose_name = _("hour of a queue")
        verbose_name_plural = _("hours of queues")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "queue"], name="admintools_one_row_per_queue_hour"
            )
        ]

    def __str__(self) -> str:
        return f"{self.queue} {self.hour:%Y-%m-%d %H}"
