"""A Celery worker's proof of life (which queues it serves, in the database) and its leave.

Told to go (SIGTERM, which to Celery means: take no more, finish what runs), a worker has
WORKER_SOFT_SHUTDOWN_SECONDS. Runs that take longer are given back before (jobs.draining); a body
that never asks is ended with its process, and the reaper then takes its run back.
"""

import logging
import os
import signal
import threading
from pathlib import Path
from typing import Any

from celery.signals import (
    beat_init,
    task_prerun,
    worker_init,
    worker_ready,
    worker_shutting_down,
)
from django.conf import settings
from django.db import close_old_connections

from . import beats, draining

logger = logging.getLogger(__name__)

_pulses: list[beats.Pulse] = []
_consumers: list[Any] = []


PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def _start(pulse: beats.Pulse) -> None:
    _pulses.append(pulse)
    pulse.start()


@task_prerun.connect(dispatch_uid="admintools.connections")
def look_at_the_connections(**_kwargs: Any) -> None:
    """As before a request: one that is broken or too old is ended, and the next query opens
    another."""
    close_old_connections()


@worker_init.connect(dispatch_uid="admintools.worker_init")
def worker_begins(**_kwargs: Any) -> None:
    draining.share()


@worker_ready.connect(dispatch_uid="admintools.worker_ready")
def worker_is_ready(sender: Any, **_kwargs: Any) -> None:
    """``sender`` is the worker's consumer."""
    _consumers[:] = [sender]
    _start(beats.Pulse("worker", sender.hostname, lambda: _told(sender)))


def _told(consumer: Any) -> dict[str, Any]:
    """What a sign of life says of a worker."""
    # Here, where it is loaded already: no other process has a use for it.
    from celery.worker import state

    children = _children(consumer)
    return {
        "queues": list(consumer.app.amqp.queues.consume_from),
        "pool": consumer.pool.num_processes,
        "reserved": max(0, len(state.reserved_requests) - len(state.active_requests)),
        "memory": sum(_resident(pid) for pid in (os.getpid(), *(c.pid for c in children))) or None,
    }


def _children(consumer: Any) -> list[Any]:
    """The pool's processes; none where the pool has threads."""
    return list(getattr(getattr(consumer.pool, "_pool", None), "_pool", None) or [])


def _resident(pid: int) -> int:
    """Bytes, 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return 0


@beat_init.connect(dispatch_uid="admintools.beat_init")
def beat_is_ready(**_kwargs: Any) -> None:
    _start(beats.Pulse("beat", beats.instance_name("beat")))


@worker_shutting_down.connect(dispatch_uid="admintools.worker_shutting_down")
def worker_leaves(**_kwargs: Any) -> None:
    draining.begin()
    limit = threading.Timer(settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT, _end_pool)
    limit.daemon = True
    limit.start()
    # No longer offers itself, though what it runs goes on.
    for pulse in _pulses:
        pulse.stop()


def _end_pool() -> None:
    """End the processes whose work neither ended nor gave its run back."""
    for consumer in _consumers:
        for process in _children(consumer):
            logger.warning("Process %s works on; ended, its run is taken back.", process.pid)
            os.kill(process.pid, signal.SIGKILL)
