"""Figures that are dear to count: kept for all processes, and counted by one at a time.

Whoever finds them old takes a lock in the cache and counts; all others get the old ones meanwhile.
Where there are none at all, they wait for the one who counts, and never count beside it. The cache
(alias `default`) compresses them; they must be plain JSON values without personal data, and so must
their keys. While Redis is away each process keeps its own, by the same rules among its threads.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.utils import timezone

logger = logging.getLogger(__name__)

CACHE = "default"
# Old figures are better than none for so long, in seconds.
KEPT_FOR = 2 * 86_400
# A lock whose holder has died is gone after so long; no count should take longer.
LOCK_SECONDS = 60
# Who finds no figures at all waits so long for the one who counts them, and looks so often.
WAIT_SECONDS, LOOK_EVERY = 5.0, 0.1
# A Redis that did not answer is left alone for so long: each look at it may cost its time-out.
AWAY_SECONDS = 10.0


@dataclass(frozen=True)
class Kept:
    """Figures, and when their counting began."""

    figures: Any
    counted_at: datetime


class Figures:
    """The figures of this process and all others, and its own while the cache is away."""

    def __init__(self) -> None:
        self._own = LocMemCache(f"figures-{id(self)}", {})
        self._away_until = 0.0

    def get(self, key: str, count: Callable[[], Any], *, since: datetime) -> Kept | None:
        """The figures under that key, counted at ``since`` or later, or older ones while somebody
        counts; None where there are none yet and their counting takes long.

        ``count`` returns plain JSON values. What it raises is raised to the one who counts, and the
        next one tries.
        """
        give_up = time.monotonic() + WAIT_SECONDS
        while True:
            cache = self._cache()
            found = _read(cache, key)
            if found and found.counted_at >= since:
                return found
            mine = cache.add(_lock(key), 1, LOCK_SECONDS)
            if mine:
                return _counted(cache, key, count, since)
            if mine is None:  # as django-redis tells a server that did not answer
                self._leave_alone()
            elif found or time.monotonic() > give_up:
                return found
            else:
                time.sleep(LOOK_EVERY)

    def _cache(self) -> BaseCache:
        return self._own if time.monotonic() < self._away_until else caches[CACHE]

    def _leave_alone(self) -> None:
        self._away_until = time.monotonic() + AWAY_SECONDS
        logger.warning("The cache is out of reach, each process keeps its own figures.")


def _counted(cache: BaseCache, key: str, count: Callable[[], Any], since: datetime) -> Kept:
    """Count and keep; only the holder of the lock calls it."""
    began = time.monotonic()
    try:
        # Somebody may have counted between our look and our lock.
        found = _read(cache, key)
        if found is None or found.counted_at < since:
            found = Kept(counted_at=timezone.now(), figures=count())
            cache.set(key, [found.counted_at.isoformat(), found.figures], KEPT_FOR)
        return found
    finally:
        # After that time the lock is somebody else's.
        if time.monotonic() - began < LOCK_SECONDS:
            cache.delete(_lock(key))


def _read(cache: BaseCache, key: str) -> Kept | None:
    told = cache.get(key)
    return Kept(told[1], datetime.fromisoformat(told[0])) if told else None


def _lock(key: str) -> str:
    return f"{key}:counting"


figures = Figures()
