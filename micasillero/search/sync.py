"""Keeps the live index equal to the database between rebuilds.

Changed lines leave their ids in the dirty set; they are reconciled within a moment. All lines are
reconciled now and then, which heals what plain SQL changed. A fault loses nothing: the rows of the
dirty set are deleted only after the index has what they stand for.
"""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import (
    DatabaseError,
    InterfaceError,
    close_old_connections,
    connections,
    transaction,
)

from micasillero.catalog.models import DirtyPartida
from micasillero.work import Stopped, TryAgain, WorkError

from .engines import get_engine
from .engines.seam import Engine
from .models import LastChange
from .reconcile import reconcile_live

log = logging.getLogger(__name__)

BATCH = 5_000
# Parameters of one statement.
DELETED_AT_ONCE = 500
LOOK_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 30.0
# What a hanging request may still take after the signal that ends us.
GRACE_SECONDS = 1.5


def sync_once(engine: Engine | None = None) -> int:
    """Bring one batch of changed lines into the live index; returns how many documents differed.

    Raises TryAgain or WorkError while the engine cannot take them; the batch then stays.
    """
    return _batch(engine or get_engine())[1]


def sync_all(engine: Engine | None = None, *, on_chunk: Callable[[int], None] | None = None) -> int:
    """Compare the whole live index with the database; returns how many documents differed."""
    engine = engine or get_engine()
    if engine.live_index() is None:
        return 0
    differed = reconcile_live(engine, on_chunk=on_chunk or (lambda seen: None))
    if differed:
        LastChange.note()
    return differed


def run_sync(
    stop: Callable[[], bool],
    beat: Callable[[], None] = lambda: None,
    *,
    engine: Engine | None = None,
) -> None:
    """Work until ``stop()``, which is asked at least every 0.1 s. ``beat`` is called each round.

    An engine or a database that is away is logged once and tried again with growing pauses.
    """
    loop = _Loop(stop, beat, engine)
    while not stop():
        loop.round()
        _rest(loop.pause, stop)


class _Loop:
    """What is remembered from one round to the next."""

    def __init__(
        self, stop: Callable[[], bool], beat: Callable[[], None], engine: Engine | None
    ) -> None:
        self.pause: float = settings.SYNC_INTERVAL
        self._stop = stop
        self._beat = beat
        self._engine = engine
        self._full_at = 0.0
        self._batch_at = 0.0
        self._fault = ""

    def round(self) -> None:
        """Everything that is due. Raises nothing that a later round may mend."""
        try:
            self._work()
        except Stopped:
            return
        except (DatabaseError, InterfaceError) as fault:
            connections.close_all()
            self._failed(f"the database: {fault}".strip())
        except (TryAgain, WorkError, OSError) as fault:
            self._failed(str(fault))
        else:
            if self._fault:
                log.info("sync_index works again")
            self._fault, self.pause = "", settings.SYNC_INTERVAL

    def _work(self) -> None:
        close_old_connections()
        self._beat()
        engine = self._engine or get_engine()
        self._drain(engine)
        if time.monotonic() >= self._full_at:
            differed = sync_all(engine, on_chunk=lambda seen: self._between(engine))
            self._full_at = time.monotonic() + settings.SYNC_FULL_EVERY
            if differed:
                log.warning("the index differed from the database in %s lines: healed", differed)

    def _between(self, engine: Engine) -> None:
        """A full pass may take long: changes must not wait for its end."""
        if self._stop():
            raise Stopped
        if time.monotonic() - self._batch_at >= settings.SYNC_INTERVAL:
            self._beat()
            self._drain(engine)

    def _drain(self, engine: Engine) -> None:
        self._batch_at = time.monotonic()
        while _batch(engine)[0] == BATCH:
            if self._stop():
                raise Stopped
        self._batch_at = time.monotonic()

    def _failed(self, reason: str) -> None:
        if reason != self._fault:
            log.warning("sync_index waits: %s", reason)
        doubled = self.pause * 2 if self._fault else settings.SYNC_INTERVAL
        self._fault, self.pause = reason, min(LONGEST_PAUSE_SECONDS, doubled)


def _batch(engine: Engine) -> tuple[int, int]:
    """(rows read, documents that differed)."""
    rows = list(DirtyPartida.objects.order_by("pk").values_list("pk", "partida_id")[:BATCH])
    if not rows:
        return 0, 0
    differed = 0
    # Asked after the rows were read: an index that goes live later is compared after that.
    live = engine.live_index() is not None
    if live:
        differed = reconcile_live(engine, sorted({partida for _pk, partida in rows}))
    read = [pk for pk, _partida in rows]
    # Exactly the rows that were read: one with a smaller id may be committed later.
    with transaction.atomic():
        for start in range(0, len(read), DELETED_AT_ONCE):
            part = read[start : start + DELETED_AT_ONCE]
            DirtyPartida.objects.filter(pk__in=part).delete()
        if live:
            LastChange.note()
    return len(rows), differed


def _rest(seconds: float, stop: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not stop() and (left := until - time.monotonic()) > 0:
        time.sleep(min(LOOK_SECONDS, left))


@contextmanager
def until_signalled() -> Iterator[Callable[[], bool]]:
    """A ``stop`` for run_sync that turns True on SIGTERM or SIGINT. Main thread only.

    A request to an engine that hangs could outlast the patience of whoever ends us, so the process
    is ended GRACE_SECONDS later whatever it does: it may be killed anywhere without loss.
    """
    asked = False

    def ask(_signal: int, _frame: object) -> None:
        nonlocal asked
        asked = True
        signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)

    def end(_signal: int, _frame: object) -> None:
        os._exit(0)

    handlers = {signal.SIGTERM: ask, signal.SIGINT: ask, signal.SIGALRM: end}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield lambda: asked
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
