"""Which hours a page shows, and how many of them each of its columns stands for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone


@dataclass(frozen=True)
class Period:
    """``columns`` of ``hours`` each, the last of them the one that goes on now."""

    columns: int
    hours: int

    def starts(self, now: datetime) -> list[datetime]:
        """When each column begins, oldest first: at local midnight and every ``hours`` after it."""
        local = timezone.localtime(now)
        last = local.replace(
            hour=local.hour - local.hour % self.hours, minute=0, second=0, microsecond=0
        )
        step = timedelta(hours=self.hours)
        return [last - n * step for n in reversed(range(self.columns))]


PERIODS = {"day": Period(24, 1), "week": Period(28, 6), "month": Period(30, 24)}
