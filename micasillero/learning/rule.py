"""When do choices mean that a line should be found by the words of a query?

The rule of shared/design/search.md: enough distinct people on enough days, nobody with too large a
share, and chosen clearly more often than whatever else stands at those places. The cautious rate is
the lower bound of Wilson's interval (E. B. Wilson, Probable Inference, the Law of Succession, and
Statistical Inference, 1927), which few observations pull down.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from .evidence import Evidence

# Of the normal distribution, for an interval of 95 %.
Z = 1.96


@dataclass(frozen=True)
class Thresholds:
    """``people`` and ``days`` at least; ``most_share`` of the votes at most for one person or
    network; the cautious rate at least ``times`` what is usual at those places. Or so many of the
    ``staff``, on ``days`` days."""

    people: int = 5
    days: int = 2
    most_share: float = 0.3
    times: float = 2.0
    staff: int = 2

    def __post_init__(self) -> None:
        least = min(self.people, self.days, self.staff)
        if least < 1 or self.times <= 0 or not 0 < self.most_share <= 1:
            raise ValueError(f"these thresholds let everything or nothing through: {self}")

    @classmethod
    def of_settings(cls) -> "Thresholds":
        return cls(
            people=settings.LEARNING_PEOPLE,
            days=settings.LEARNING_DAYS,
            most_share=settings.LEARNING_MOST_SHARE,
            times=settings.LEARNING_TIMES,
            staff=settings.LEARNING_STAFF_CONFIRMATIONS,
        )


class Lacking(StrEnum):
    """What speaks against a proposal."""

    PEOPLE = "people"
    DAYS = "days"
    SHARE = "share"
    RATE = "rate"


def cautious_rate(chose: int, shown: int) -> float:
    """The lower bound of Wilson's interval for ``chose`` of ``shown``: 0.0 to 1.0."""
    if not shown:
        return 0.0
    rate, square = chose / shown, Z * Z
    middle = rate + square / (2 * shown)
    width = Z * math.sqrt((rate * (1 - rate) + square / (4 * shown)) / shown)
    return max(0.0, (middle - width) / (1 + square / shown))


def lacking(
    evidence: Evidence, rates: Mapping[int, float], thresholds: Thresholds
) -> tuple[Lacking, ...]:
    """What is missing for a proposal; empty when there is enough. ``rates`` by place, of all."""
    usual = evidence.expected(rates)
    missed = {
        Lacking.PEOPLE: len(evidence.chose) < thresholds.people,
        Lacking.DAYS: len(evidence.days) < thresholds.days,
        Lacking.SHARE: evidence.largest_share > thresholds.most_share,
        Lacking.RATE: cautious_rate(len(evidence.chose), len(evidence.shown))
        < thresholds.times * usual,
    }
    return tuple(lack for lack, missing in missed.items() if missing)
