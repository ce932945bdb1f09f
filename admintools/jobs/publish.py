"""Putting a row's message on its queue. One pooled connection for the process.

The message of a run is (row id, attempt) and nothing else. A publisher must answer a click: it
gives up after about two seconds, and the dispatcher sends the row later.
"""

import functools
import logging
from collections.abc import Sequence

from celery import current_app
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from kombu import Connection, pools
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from . import hints, queues, runlog
from .models import TaskHistory, new_task_id
from .registry import registry

logger = logging.getLogger(__name__)

ACQUIRE_TIMEOUT = 2.0
TRANSPORT_OPTIONS = {
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    # No second try, no pause: the dispatcher tries again anyway, and a person is waiting.
    "max_retries": 0,
    "visibility_timeout": 10800,
}


def answers() -> bool:
    """Whether the broker is there."""
    try:
        with pools.connections[connection()].acquire(block=True, timeout=ACQUIRE_TIMEOUT) as held:
            held.default_channel.client.ping()
    except (KombuError, RedisError, OSError) as error:
        logger.info("The broker does not answer: %s", error)
        return False
    return True


@functools.cache
def connection() -> Connection:
    """The key of the pool. A worker's own connection is tuned to wait; this one to give up."""
    return current_app.connection_for_write(connect_timeout=1, transport_options=TRANSPORT_OPTIONS)


def publish(run: TaskHistory) -> bool:
    """Send the run's present attempt; True when the broker took it, False also for a queue that
    is paused. Never raises for a broker that is away."""
    definition = registry.find(run.job)
    if definition is None:
        logger.error("Run %s: its job %r exists no longer; not sent.", run.task_id, run.job)
        return False
    if queues.is_paused(run.queue):
        return False  # kept; whoever resumes the queue makes it due
    # The first attempt carries the run's own id, later ones a fresh one, so that a duplicate of
    # the first cannot be mistaken for the second.
    celery_id = run.attempt_task_id or (run.task_id if run.attempt == 1 else new_task_id())
    args = [run.pk, run.attempt]
    sent = send(
        definition.wire_name, args, queue=run.queue, task_id=celery_id, priority=run.priority
    )
    if not sent:
        return False
    if _note(run, celery_id) or not run.is_running:
        hints.tell_browsers(run)
    return True


def _note(run: TaskHistory, celery_id: str) -> bool:
    """Write that it was sent, and bring ``run`` up to date; False when a worker was quicker."""
    waiting = TaskHistory.objects.waiting().filter(pk=run.pk, attempt=run.attempt)
    if not waiting.update(
        published_at=Now(),
        publications=F("publications") + 1,
        attempt_task_id=celery_id,
        seq=F("seq") + 1,
    ):
        run.refresh_from_db()
        return False
    # Known without reading the row again, for which a click would have to wait.
    run.published_at, run.attempt_task_id = timezone.now(), celery_id
    run.publications += 1
    run.seq += 1
    return True


def send(
    wire_name: str, args: Sequence[int], *, queue: str, task_id: str, priority: int = 0
) -> bool:
    """Send a message of ids; True when the broker took it. Never raises for one that is away.
    ``priority``: see priorities."""
    try:
        with pools.producers[connection()].acquire(block=True, timeout=ACQUIRE_TIMEOUT) as producer:
            current_app.send_task(
                wire_name,
                args=list(args),
                task_id=task_id,
                queue=queue,
                priority=priority,
                # For the log alone; what the dispatcher sends again has none.
                headers={runlog.REQUEST_ID: runlog.request_id()},
                producer=producer,
                ignore_result=True,
                retry=False,
            )
    except (KombuError, RedisError, OSError) as error:
        logger.warning("%s%s waits for the broker: %s", wire_name, tuple(args), error)
        return False
    return True
