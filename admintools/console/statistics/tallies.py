"""The hours of a period put together.

What hours were in half and in 95 of 100 runs cannot be put together exactly. Of several hours the
half is the one in the middle, each counted as often as it had runs, and 95 of 100 that of the worst
hour; both are exact for a single one.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from admintools.watch.models import JobHour, QueueHour


@dataclass
class Tally:
    """The hours of one column or of one job."""

    hours: list[JobHour] = field(default_factory=list)

    @property
    def runs(self) -> int:
        return sum(hour.runs for hour in self.hours)

    @property
    def failures(self) -> int:
        return sum(hour.failures for hour in self.hours)

    @property
    def duration_p50(self) -> float | None:
        return _middle([(h.duration_p50, h.runs) for h in self.hours if h.duration_p50 is not None])

    @property
    def duration_p95(self) -> float | None:
        return max((h.duration_p95 for h in self.hours if h.duration_p95 is not None), default=None)

    @property
    def wait_p50(self) -> float | None:
        return _middle([(h.wait_p50, h.runs) for h in self.hours if h.wait_p50 is not None])

    @property
    def wait_p95(self) -> float | None:
        return max((h.wait_p95 for h in self.hours if h.wait_p95 is not None), default=None)


def _middle(weighted: list[tuple[float, int]]) -> float | None:
    left = sum(weight for _value, weight in weighted) / 2
    for value, weight in sorted(weighted):
        left -= weight
        if left <= 0:
            return value
    return None


def by_column(hours: Iterable[JobHour], starts: Sequence[datetime]) -> list[Tally]:
    """One for each column, in their order."""
    tallies = [Tally() for _start in starts]
    for hour in hours:
        tallies[bisect_right(starts, hour.hour) - 1].hours.append(hour)
    return tallies


def by_job(hours: Iterable[JobHour]) -> dict[str, Tally]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    for hour in hours:
        tallies[hour.job].hours.append(hour)
    return tallies


def depths(hours: Iterable[QueueHour], starts: Sequence[datetime]) -> dict[str, list[int | None]]:
    """By queue the most that it held at the end of an hour of each column: runs, or messages where
    those were more. None where nobody looked."""
    found: dict[str, list[int | None]] = {}
    for hour in hours:
        columns = found.setdefault(hour.queue, [None] * len(starts))
        column = bisect_right(starts, hour.hour) - 1
        held = max(hour.waiting, hour.messages or 0)
        columns[column] = max(held, columns[column] or 0)
    return found
