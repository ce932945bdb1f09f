"""What a run of learning would start from, for a person who is about to launch it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from .reading import CHOSEN, events_since


@dataclass(frozen=True)
class LearningImpact:
    """``events`` in all; ``choices`` of them by so many ``people``."""

    events: int
    choices: int
    people: int


def learning_impact(since: datetime) -> LearningImpact:
    told = events_since(since).aggregate(
        events=Count("pk"),
        choices=Count("pk", filter=CHOSEN),
        people=Count("person", filter=CHOSEN, distinct=True),
    )
    return LearningImpact(**told)
