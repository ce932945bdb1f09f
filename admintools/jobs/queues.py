"""Facts about queues and workers, read cheaply and kept for two seconds."""

import time
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from . import beats
from .models import RUNNING, TaskHistory
from .registry import registry

FRESH_FOR = 2.0


@dataclass(frozen=True)
class QueueFact:
    """One queue: runs waiting and running, and how many workers listen."""

    name: str
    waiting: int
    running: int
    workers: int

    @property
    def served(self) -> bool:
        return self.workers > 0

    @property
    def starts_with(self) -> str:
        """The command that starts a worker for it."""
        return f"celery -A sicargabox worker -Q {self.name}"


_kept: tuple[float, list[QueueFact]] = (0.0, [])


def queue_facts(*, fresh: bool = False) -> list[QueueFact]:
    """The queues that some job uses, in the registry's order."""
    global _kept
    taken_at, facts = _kept
    if fresh or not facts or time.monotonic() - taken_at > FRESH_FOR:
        facts = _read()
        _kept = (time.monotonic(), facts)
    return facts


def _read() -> list[QueueFact]:
    names = list(dict.fromkeys(job.queue for job in registry))
    listening = [queue for worker in beats.alive("worker") for queue in worker.queues]
    counts = {
        (row["queue"], row["status"]): row["n"]
        for row in TaskHistory.objects.active()
        .filter(inline=False)
        .order_by()
        .values("queue", "status")
        .annotate(n=Count("id"))
    }
    return [
        QueueFact(
            name=name,
            waiting=sum(n for (q, s), n in counts.items() if q == name and s not in RUNNING),
            running=sum(n for (q, s), n in counts.items() if q == name and s in RUNNING),
            workers=listening.count(name),
        )
        for name in names
    ]


def is_served(queue: str) -> bool:
    return any(fact.served for fact in queue_facts() if fact.name == queue)


def dispatcher_beat() -> datetime | None:
    """The last turn of any dispatcher, None if there never was one."""
    return beats.last("dispatch")
