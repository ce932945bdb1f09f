"""A process of ours that takes one turn after another, whatever breaks, until told to stop."""

import logging
import random
import signal
import threading
import time
from collections.abc import Callable

from django.core.management.base import OutputWrapper
from django.db import DatabaseError, InterfaceError, close_old_connections

from . import beats

logger = logging.getLogger(__name__)

LONGEST_REST = 30.0


class Steady:
    """A subclass has a ``name`` and the work of one ``turn``; ``rest`` seconds lie between two."""

    name = ""
    rest = 1.0

    def __init__(self) -> None:
        self._instance = beats.instance_name(self.name)
        self._beat_at = 0.0
        self._faults = 0

    def turn(self) -> None:
        raise NotImplementedError

    def run(self, stop: Callable[[float], bool]) -> None:
        """Work until ``stop(seconds)``, which waits that long, answers True."""
        rest = 0.0
        while not stop(rest):
            rest = self._guarded_turn()
        self._guarded(lambda: beats.leave(self._instance))

    def run_until_signalled(self, output: OutputWrapper) -> None:
        """Work until SIGTERM or Ctrl-C."""
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        output.write(f"{self.name}: ready")
        output.flush()
        self.run(stopped.wait)

    def beat(self) -> None:
        """Give a sign of life, unless one was given just now."""
        now = time.monotonic()
        if not self._beat_at or now - self._beat_at >= beats.BEAT_EVERY:
            beats.beat(self.name, self._instance)
            self._beat_at = now

    def _guarded_turn(self) -> float:
        """Seconds to rest after the turn: short, or backing off while the database is away."""
        if self._guarded(self.turn):
            self._faults = 0
            return self.rest
        self._faults += 1
        ceiling = min(LONGEST_REST, self.rest * 2**self._faults)
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - spreads load

    def _guarded(self, action: Callable[[], None]) -> bool:
        try:
            action()
        except (DatabaseError, InterfaceError) as error:
            logger.error("The database is away, %s waits: %s", self.name, error)
        except Exception:
            # One odd row must not end what recovers all the others.
            logger.exception("A turn of %s failed; it goes on.", self.name)
        else:
            return True
        close_old_connections()
        return False
