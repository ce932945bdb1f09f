"""What is known about the live index and stands nowhere in it."""

from datetime import datetime

from django.db import models
from django.utils import timezone

THE_ROW = 1


class LastChange(models.Model):
    """When changes last reached the live index: one row, none before the first."""

    applied_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.applied_at:%Y-%m-%d %H:%M:%S}"

    @staticmethod
    def note() -> None:
        """Changes have reached the index just now: one statement, whoever else notes the same."""
        LastChange.objects.bulk_create(
            [LastChange(pk=THE_ROW, applied_at=timezone.now())],
            update_conflicts=True,
            unique_fields=["pk"],
            update_fields=["applied_at"],
        )

    @staticmethod
    def when() -> datetime | None:
        """None where none ever did."""
        row = LastChange.objects.filter(pk=THE_ROW).first()
        return row.applied_at if row else None
