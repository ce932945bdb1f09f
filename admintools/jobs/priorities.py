"""Which of two waiting runs of a queue begins first. As on Redis: the lowest number.

Each of the broker's steps (CELERY_BROKER_TRANSPORT_OPTIONS) is a list of its own; a worker takes
from the first that holds something, whichever of its queues that is of.
"""

from kombu.transport.redis import Channel

from .models import Source
from .registry import JobDefinition

# A person waits for it.
PERSON = 0
# Nobody waits before the morning.
SCHEDULE = 3
# Nobody would miss it for an hour.
UPKEEP = 6
STEPS = (PERSON, SCHEDULE, UPKEEP)


def of_launch(definition: JobDefinition, source: Source) -> int:
    """The priority of a run of that job: a schedule's is never before a person's."""
    if source == Source.SCHEDULE:
        return max(SCHEDULE, definition.priority)
    return PERSON


def list_of(queue: str, step: int) -> str:
    """The key under which the broker keeps the queue's messages of that priority."""
    return f"{queue}{Channel.sep}{step}" if step else queue
