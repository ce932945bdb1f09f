"""A Celery worker's proof of life: which queues it serves, in the database."""

from typing import Any

from celery.signals import beat_init, worker_ready, worker_shutting_down

from . import beats

_pulses: list[beats.Pulse] = []


def _start(name: str, instance: str, queues: Any) -> None:
    pulse = beats.Pulse(name, instance, queues)
    _pulses.append(pulse)
    pulse.start()


@worker_ready.connect(dispatch_uid="admintools.worker_ready")
def worker_is_ready(sender: Any, **_kwargs: Any) -> None:
    """``sender`` is the worker's consumer."""
    app = sender.app
    _start("worker", sender.hostname, lambda: list(app.amqp.queues.consume_from))


@beat_init.connect(dispatch_uid="admintools.beat_init")
def beat_is_ready(**_kwargs: Any) -> None:
    _start("beat", beats.instance_name("beat"), list)


@worker_shutting_down.connect(dispatch_uid="admintools.worker_shutting_down")
def worker_leaves(**_kwargs: Any) -> None:
    # No longer offers itself, though what it runs goes on.
    for pulse in _pulses:
        pulse.stop()
