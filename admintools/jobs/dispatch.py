"""The dispatcher: neither Celery nor beat, so it goes on when they do not.

Several may run at once: every step is a compare-and-set on a row. It never talks to
Elasticsearch.
"""

import logging
import random
import time
from collections.abc import Callable, Sequence

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections

from . import beats
from .sources import RunSource, Source

logger = logging.getLogger(__name__)

LONGEST_REST = 30.0


class Dispatcher:
    """One turn after another until told to stop."""

    def __init__(self, sources: Sequence[Source] | None = None) -> None:
        self._sources = list(sources or [RunSource()])
        self._instance = beats.instance_name("dispatch")
        self._reaped_at = 0.0
        self._beat_at = 0.0
        self._faults = 0

    def run(self, stop: Callable[[float], bool]) -> None:
        """Work until ``stop(seconds)``, which waits that long, answers True."""
        rest = 0.0
        while not stop(rest):
            rest = self._guarded_turn()
        self._guarded(lambda: beats.leave(self._instance))

    def turn(self) -> None:
        """Send what is due; now and then take back what is dead."""
        now = time.monotonic()
        if not self._beat_at or now - self._beat_at >= beats.BEAT_EVERY:
            beats.beat("dispatch", self._instance)
            self._beat_at = now
        if not self._reaped_at or now - self._reaped_at >= settings.REAP_INTERVAL:
            for source in self._sources:
                source.take_back_dead()
            self._reaped_at = now
        for source in self._sources:
            source.send_due()

    def _guarded_turn(self) -> float:
        """Seconds to rest after the turn: short, or backing off while the database is away."""
        if self._guarded(self.turn):
            self._faults = 0
            return settings.DISPATCH_INTERVAL
        self._faults += 1
        ceiling = min(LONGEST_REST, settings.DISPATCH_INTERVAL * 2**self._faults)
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - spreads load

    def _guarded(self, action: Callable[[], None]) -> bool:
        try:
            action()
        except (DatabaseError, InterfaceError) as error:
            logger.error("The database is away, the dispatcher waits: %s", error)
        except Exception:
            # One odd row must not end what recovers all the others.
            logger.exception("The dispatcher's turn failed; it goes on.")
        else:
            return True
        close_old_connections()
        return False
