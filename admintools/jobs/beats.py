"""Proof of life of the long-lived processes, in the database: it must outlive Redis."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from .models import ProcessBeat

logger = logging.getLogger(__name__)

BEAT_EVERY = 5.0
ALIVE_WITHIN = timedelta(seconds=3 * BEAT_EVERY)
FORGET_AFTER = timedelta(days=1)


def instance_name(name: str) -> str:
    return f"{name}@{socket.gethostname()}:{os.getpid()}"


def beat(name: str, instance: str, queues: Sequence[str] = (), **facts: int | None) -> None:
    """Say that the process lives. ``facts`` are a worker's pool, reserved and memory.

    Raises DatabaseError when the database is away.
    """
    now = timezone.now()
    ProcessBeat.objects.update_or_create(
        instance=instance, defaults={"name": name, "queues": list(queues), "beat_at": now, **facts}
    )


def leave(instance: str) -> None:
    """A process that ends in order takes its mark along."""
    ProcessBeat.objects.filter(instance=instance).delete()


def alive(name: str, now: datetime | None = None) -> list[ProcessBeat]:
    since = (now or timezone.now()) - ALIVE_WITHIN
    return list(ProcessBeat.objects.filter(name=name, beat_at__gte=since))


def last(name: str) -> datetime | None:
    """When a process of that name was last heard of, None for never."""
    newest = ProcessBeat.objects.filter(name=name).order_by("-beat_at").first()
    return newest.beat_at if newest else None


class Pulse:
    """A thread that beats until told to stop; for processes whose main thread is Celery's.

    ``told`` is asked at each beat for what `beat` takes besides.
    """

    def __init__(
        self, name: str, instance: str, told: Callable[[], Mapping[str, Any]] = dict
    ) -> None:
        self._name, self._instance, self._told = name, instance, told
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=f"pulse-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=2)

    def _loop(self) -> None:
        while True:
            try:
                with _whole():
                    beat(self._name, self._instance, **self._told())
            except (DatabaseError, InterfaceError) as error:
                logger.warning("No heartbeat written, the database is away: %s", error)
            if self._stop.wait(BEAT_EVERY):
                break
        try:
            with _whole():
                leave(self._instance)
        except (DatabaseError, InterfaceError):
            logger.info("The mark of %s stays until it expires.", self._instance)


# A worker forks its pool's processes while its pulse beats. A child that is born in the middle of
# a write inherits SQLite's belief that this process holds the lock, and waits for it for ever.
_writing = threading.Lock()
os.register_at_fork(
    before=_writing.acquire,
    after_in_parent=_writing.release,
    after_in_child=_writing.release,
)


@contextmanager
def _whole() -> Iterator[None]:
    """No fork happens inside, and no connection is open outside."""
    with _writing:
        try:
            yield
        finally:
            connection.close()
