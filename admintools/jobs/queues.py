"""Facts about queues and workers, read cheaply and kept for a moment."""

import time
from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count

from . import beats, parts
from .models import RUNNING, QueuePause, TaskHistory
from .registry import registry

FRESH_FOR = 2.0
PLACES_FRESH_FOR = 1.0
MOST_PLACES = 1000
# Long enough for the many runs of one page, too short to hide a click from the page after it.
PAUSES_FRESH_FOR = 0.1


@dataclass(frozen=True)
class QueueFact:
    """One queue: runs waiting and running, how many workers listen, and who has paused it."""

    name: str
    waiting: int
    running: int
    workers: int
    pause: QueuePause | None = None

    @property
    def paused(self) -> bool:
        return self.pause is not None

    @property
    def served(self) -> bool:
        return self.workers > 0

    @property
    def starts_with(self) -> str:
        """The command that starts a worker for it."""
        return parts.starts_worker(self.name)


_kept: tuple[float, list[QueueFact]] = (0.0, [])
_kept_pauses: tuple[float, dict[str, QueuePause]] = (0.0, {})
_kept_places: dict[str, tuple[float, list[int]]] = {}


def queue_facts(*, fresh: bool = False) -> list[QueueFact]:
    """The queues that some job uses, in the registry's order, and any other that is paused."""
    paused = pauses(fresh=fresh)
    facts = [replace(fact, pause=paused.get(fact.name)) for fact in _counted(fresh=fresh)]
    unused = sorted(paused.keys() - {fact.name for fact in facts})
    return [*facts, *(QueueFact(name, 0, 0, 0, paused[name]) for name in unused)]


def pauses(*, fresh: bool = False) -> dict[str, QueuePause]:
    """The paused queues by name."""
    global _kept_pauses
    read_at, found = _kept_pauses
    if fresh or time.monotonic() - read_at > PAUSES_FRESH_FOR:
        found = {pause.queue: pause for pause in QueuePause.objects.all()}
        _kept_pauses = (time.monotonic(), found)
    return found


def is_paused(queue: str) -> bool:
    return queue in pauses()


def names() -> list[str]:
    """The queues that some job uses, in the registry's order."""
    return list(dict.fromkeys(job.queue for job in registry))


def forget() -> None:
    """Read everything anew: something was changed by this process."""
    global _kept, _kept_pauses
    _kept, _kept_pauses = (0.0, []), (0.0, {})
    _kept_places.clear()


def place(run: TaskHistory) -> int:
    """Its place in its queue, counting what runs as the first; as it was a moment ago.

    One list of ids serves a whole page and many a click: counting for each run anew was an eighth
    of a launch's way through Django.
    """
    ids = _ids(run.queue)
    before = bisect_left(ids, run.pk)
    if before == MOST_PLACES:
        return TaskHistory.objects.ahead_of(run.queue, run.pk).count() + 1
    if before == len(ids):
        ids.append(run.pk)  # launched since: whoever comes after it shall count it
    return before + 1


def _ids(queue: str) -> list[int]:
    """The queue's active runs, oldest first, at most MOST_PLACES."""
    read_at, ids = _kept_places.get(queue, (0.0, []))
    if not read_at or time.monotonic() - read_at > PLACES_FRESH_FOR:
        found = TaskHistory.objects.active().filter(queue=queue, inline=False).order_by("id")
        ids = list(found.values_list("id", flat=True)[:MOST_PLACES])
        _kept_places[queue] = (time.monotonic(), ids)
    return ids


def _counted(*, fresh: bool) -> list[QueueFact]:
    global _kept
    taken_at, facts = _kept
    if fresh or not facts or time.monotonic() - taken_at > FRESH_FOR:
        facts = _read()
        _kept = (time.monotonic(), facts)
    return facts


def listening() -> list[str]:
    """The queues that living workers serve, each as often as there are workers for it."""
    return [queue for worker in beats.alive("worker") for queue in worker.queues]


def _read() -> list[QueueFact]:
    served = listening()
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
            workers=served.count(name),
        )
        for name in names()
    ]


def is_served(queue: str) -> bool:
    return any(fact.served for fact in _counted(fresh=False) if fact.name == queue)


def dispatcher_beat() -> datetime | None:
    """The last turn of any dispatcher, None if there never was one."""
    return beats.last("dispatch")
