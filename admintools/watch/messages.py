"""What lies on the broker's queues: how much, and which, by ids alone.

kombu keeps a list for each queue and priority (jobs.priorities), into which messages are put on the
left, and from which they are taken on the right.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import cast

import redis
from django.conf import settings

from admintools.jobs.priorities import STEPS, list_of
from admintools.jobs.registry import QUEUES

from .servers import client

SHOWN = 10
# Delivered to a worker that has not begun them: they lie apart until then.
UNACKED = "unacked"


@dataclass(frozen=True)
class Waiting:
    """Messages on one queue. ``by_priority``: how many, the most urgent (0) first."""

    queue: str
    by_priority: dict[int, int]

    @property
    def total(self) -> int:
        return sum(self.by_priority.values())


@dataclass(frozen=True)
class Message:
    """One message: of which task, under which id, for which row and attempt. What cannot be read
    is "" or None; no other part of a message is looked at."""

    priority: int
    task: str
    task_id: str
    row: int | None
    attempt: int | None


def waiting() -> list[Waiting] | None:
    """Every queue, in the registry's order; None when the broker does not answer."""
    asked = _broker().pipeline(transaction=False)
    for queue in QUEUES:
        for step in STEPS:
            asked.llen(list_of(queue, step))
    try:
        lengths = iter(asked.execute())
    except (redis.RedisError, OSError):
        return None
    return [Waiting(queue, {step: next(lengths) for step in STEPS}) for queue in QUEUES]


def delivered() -> int | None:
    """Messages that workers hold and none has begun; None when the broker does not answer."""
    try:
        return cast(int, _broker().hlen(UNACKED))
    except (redis.RedisError, OSError):
        return None


def next_of(queue: str) -> list[Message]:
    """Those that are taken next, at most SHOWN. Raises RedisError, OSError."""
    found: list[Message] = []
    for priority in STEPS:
        room = SHOWN - len(found)
        if not room:
            break
        rows = cast(list[bytes], _broker().lrange(list_of(queue, priority), -room, -1))
        found += [_message(row, priority) for row in reversed(rows)]
    return found


def _broker() -> redis.Redis:
    return client(settings.CELERY_BROKER_URL)


def _message(text: bytes, priority: int) -> Message:
    try:
        message = json.loads(text)
        headers = message["headers"]
        arguments = json.loads(base64.b64decode(message["body"]))[0]
        row, attempt = (*arguments, None, None)[:2]
    except (ValueError, LookupError, TypeError, binascii.Error):
        return Message(priority, "", "", None, None)
    return Message(
        priority=priority,
        task=str(headers.get("task", ""))[:100],
        task_id=str(headers.get("id", ""))[:64],
        row=row if isinstance(row, int) else None,
        attempt=attempt if isinstance(attempt, int) else None,
    )
