"""A Celery worker's proof of life (which queues it serves, in the database) and its leave.

Told to go (SIGTERM, which to Celery means: take no more, finish what runs), a worker has
WORKER_SOFT_SHUTDOWN_SECONDS. Runs that take longer are given back before (jobs.draining); a body
that never asks is ended with its process, and the reaper then takes its run back.
"""

import logging
import os
import signal
import threading
from typing import Any

from celery.signals import beat_init, worker_ready, worker_shutting_down
from django.conf import settings

from . import beats, draining

logger = logging.getLogger(__name__)

_pulses: list[beats.Pulse] = []
_consumers: list[Any] = []


def _start(name: str, instance: str, queues: Any) -> None:
    pulse = beats.Pulse(name, instance, queues)
    _pulses.append(pulse)
    pulse.start()


@worker_ready.connect(dispatch_uid="admintools.worker_ready")
def worker_is_ready(sender: Any, **_kwargs: Any) -> None:
    """``sender`` is the worker's consumer."""
    app = sender.app
    _consumers[:] = [sender]
    _start("worker", sender.hostname, lambda: list(app.amqp.queues.consume_from))


@beat_init.connect(dispatch_uid="admintools.beat_init")
def beat_is_ready(**_kwargs: Any) -> None:
    _start("beat", beats.instance_name("beat"), list)


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
        for process in list(getattr(consumer.pool._pool, "_pool", None) or []):
            logger.warning("Process %s works on; ended, its run is taken back.", process.pid)
            os.kill(process.pid, signal.SIGKILL)
