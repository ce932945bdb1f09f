"""Each queue as the page tells it: runs and messages that wait, and who works them off."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from admintools.jobs.models import TaskHistory
from admintools.jobs.queues import QueueFact, queue_facts
from admintools.jobs.registry import WIRE_PREFIX, registry
from admintools.watch import messages

delivered = messages.delivered


@dataclass(frozen=True)
class Shown:
    """A message that waits. ``run``: whose it is, where it is a run's."""

    message: messages.Message
    run: TaskHistory | None

    @property
    def task(self) -> str:
        return self.message.task.removeprefix(WIRE_PREFIX)


@dataclass(frozen=True)
class Row:
    """``waiting``: its messages on the broker, None where that does not answer. ``next``: those
    that are taken first."""

    fact: QueueFact
    waiting: messages.Waiting | None = None
    next: list[Shown] = field(default_factory=list)

    @property
    def more(self) -> int:
        """Messages beyond those shown."""
        return max(0, self.waiting.total - len(self.next)) if self.waiting else 0

    @property
    def priorities(self) -> dict[int, int]:
        """Messages by priority, where there are several."""
        found = {p: n for p, n in self.waiting.by_priority.items() if n} if self.waiting else {}
        return found if set(found) - {0} else {}


def rows(*, ask: bool) -> list[Row]:
    """``ask``: the broker too."""
    found = (messages.waiting() if ask else None) or []
    waiting = {each.queue: each for each in found}
    return [_row(fact, waiting.get(fact.name)) for fact in queue_facts(fresh=True)]


def _row(fact: QueueFact, waiting: messages.Waiting | None) -> Row:
    if waiting is None or not waiting.total:
        return Row(fact, waiting)
    try:
        return Row(fact, waiting, _shown(messages.next_of(fact.name)))
    except (RedisError, OSError):
        return Row(fact)


def _shown(found: Iterable[messages.Message]) -> list[Shown]:
    found = list(found)
    wires = {job.wire_name for job in registry}
    rows = {message.row for message in found if message.row and message.task in wires}
    runs = TaskHistory.objects.in_bulk(rows)
    return [
        Shown(message, runs.get(message.row) if message.task in wires else None)  # type: ignore[arg-type]
        for message in found
    ]
