"""Whose events do not count: what asks or chooses more often in a minute than a person can."""

from dataclasses import dataclass
from datetime import UTC

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMinute

from .sessions import Happened


@dataclass(frozen=True)
class Robots:
    """The hashes of people and of sessions."""

    people: frozenset[str]
    sessions: frozenset[str]

    @classmethod
    def among(cls, events: QuerySet) -> "Robots":
        """Those with more than LEARNING_MOST_PER_MINUTE events of one type in some minute."""
        return cls(_too_quick(events, "person"), _too_quick(events, "session"))

    def sent(self, event: Happened) -> bool:
        return event.person in self.people or event.session in self.sessions


def _too_quick(events: QuerySet, whose: str) -> frozenset[str]:
    minutes = events.order_by().annotate(minute=TruncMinute("occurred_at", tzinfo=UTC))
    counted = minutes.values(whose, "type", "minute").annotate(n=Count("pk"))
    quick = counted.filter(n__gt=settings.LEARNING_MOST_PER_MINUTE)
    return frozenset(quick.values_list(whose, flat=True)) - {""}
