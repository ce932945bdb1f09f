"""Facts about queues and workers, read cheaply and kept for a moment."""

import time
from bisect import bisect_left, insort
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count

from . import beats, parts, priorities
from .models import RUNNING, QueuePause, TaskHistory
from .registry import QUEUES

FRESH_FOR = 2.0
PLACES_FRESH_FOR = 1.0
MOST_PLACES = 1000
# Long enough for the many runs of one page, too short to hide a click from the page after it.
PAUSES_FRESH_FOR = 0.1


# A run's turn (-1 for one that runs, else its priority) and its id.
Place = tuple[int, int]


@dataclass(frozen=True)
class QueueFact:
    """One queue: runs waiting and running, how many workers listen, and who has paused it.
    ``ahead`` is how many of those runs begin before what a person launches now."""

    name: str
    waiting: int
    running: int
    workers: int
    pause: QueuePause | None = None
    ahead: int = 0

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
_kept_places: dict[str, tuple[float, list[Place]]] = {}


def queue_facts(*, fresh: bool = False) -> list[QueueFact]:
    """All queues, in the registry's order, and any other that is paused."""
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


def forget() -> None:
    """Read everything anew: something was changed by this process."""
    global _kept, _kept_pauses
    _kept, _kept_pauses = (0.0, []), (0.0, {})
    _kept_places.clear()


def place(run: TaskHistory) -> int:
    """The place of a waiting run in its queue, counting what runs as the first; as it was a moment
    ago.

    One list serves a whole page and many a click: counting for each run anew was an eighth of a
    launch's way through Django.
    """
    places = _places(run.queue)
    own = (run.priority, run.pk)
    before = bisect_left(places, own)
    if before >= MOST_PLACES:
        return TaskHistory.objects.ahead_of(run).count() + 1
    if places[before : before + 1] != [own]:
        insort(places, own)  # launched since: whoever comes after it shall count it
    return before + 1


def _places(queue: str) -> list[Place]:
    """The queue's active runs in the order of their turn, at most MOST_PLACES."""
    read_at, places = _kept_places.get(queue, (0.0, []))
    if not read_at or time.monotonic() - read_at > PLACES_FRESH_FOR:
        found = TaskHistory.objects.in_queue(queue).order_by("turn", "id")
        places = list(found.values_list("turn", "id")[:MOST_PLACES])
        _kept_places[queue] = (time.monotonic(), places)
    return places


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
    rows = list(
        TaskHistory.objects.active()
        .filter(inline=False)
        .order_by()
        .values("queue", "status", "priority")
        .annotate(n=Count("id"))
    )
    return [_fact(name, served, [row for row in rows if row["queue"] == name]) for name in QUEUES]


def _fact(name: str, listening: list[str], rows: list[dict[str, Any]]) -> QueueFact:
    """``rows`` count its runs by status and priority."""
    running = sum(row["n"] for row in rows if row["status"] in RUNNING)
    waiting = [row for row in rows if row["status"] not in RUNNING]
    before = sum(row["n"] for row in waiting if row["priority"] <= priorities.PERSON)
    return QueueFact(
        name=name,
        waiting=sum(row["n"] for row in waiting),
        running=running,
        workers=listening.count(name),
        ahead=running + before,
    )


def is_served(queue: str) -> bool:
    return any(fact.served for fact in _counted(fresh=False) if fact.name == queue)


def dispatcher_beat() -> datetime | None:
    """The last turn of any dispatcher, None if there never was one."""
    return beats.last("dispatch")
