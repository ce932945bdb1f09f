"""One pace for all workers together: calls a minute, and a pause that a provider asked for.

The count is in Redis, on the server of the caches (B): losing it costs one burst, and server A is
kept for what must not be lost. While that server is away each process keeps a pace of its own.
"""

import logging
import threading
import time
from typing import Any

import redis
from django.conf import settings
from django_redis import get_redis_connection

logger = logging.getLogger(__name__)

# A leaky bucket kept as one number, the time at which it would be empty (GCRA, ITU-T I.371), by
# the server's clock. Takes a place and answers how long to wait for it, in milliseconds.
# KEYS: bucket, pause. ARGV: milliseconds between calls, calls of one burst.
TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local every, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local free = math.max(now, tonumber(redis.call('GET', KEYS[1]) or now))
local paused = math.max(0, redis.call('PTTL', KEYS[2]))
local wait = math.max(0, free - now - every * (burst - 1), paused)
local kept = math.ceil(free - now + every * (burst + 1))
redis.call('SET', KEYS[1], string.format('%.0f', free + every), 'PX', kept)
return math.ceil(wait)
"""
# A longer pause is never cut short. KEYS: pause. ARGV: milliseconds.
PAUSE = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], 1, 'PX', ARGV[1])
end
"""
# A server that did not answer is left alone for so long: each look at it costs its time-out.
AWAY_SECONDS = 30.0


class Limiter:
    """The pace of one provider. ``take`` says how long to wait before the next call."""

    def __init__(self, provider: str) -> None:
        self._keys = [f"ai:pace:{provider}", f"ai:pause:{provider}"]
        self._every = 60.0 / settings.AI_REQUESTS_PER_MINUTE
        self._burst = settings.AI_CONCURRENCY
        self._own = _Own(self._every, self._burst)
        self._away_until = 0.0

    def take(self) -> float:
        """Take a place in the line; returns the seconds until it is reached."""
        waits = self._asked(TAKE, self._keys, round(self._every * 1000), self._burst)
        return self._own.take() if waits is None else int(waits) / 1000

    def pause(self, seconds: float) -> None:
        """Let nobody begin a call for so long: the provider said so to one of us."""
        self._own.pause(seconds)
        self._asked(PAUSE, self._keys[1:], max(1, round(seconds * 1000)))

    def _asked(self, script: str, keys: list[str], *arguments: int) -> Any:
        """What the script answers; None while the server is away, or where the caches are in
        memory."""
        if time.monotonic() < self._away_until:
            return None
        try:
            return get_redis_connection("default").eval(script, len(keys), *keys, *arguments)
        except NotImplementedError:
            return None
        except (redis.RedisError, OSError) as error:
            logger.warning("The shared pace is out of reach, each process keeps its own: %r", error)
            self._away_until = time.monotonic() + AWAY_SECONDS
            return None


class _Own:
    """The same bucket for the threads of this process."""

    def __init__(self, every: float, burst: int) -> None:
        self._every, self._burst = every, burst
        self._free = self._paused_until = 0.0
        self._lock = threading.Lock()

    def take(self) -> float:
        with self._lock:
            now = time.monotonic()
            free = max(now, self._free)
            self._free = free + self._every
            return max(0.0, free - now - self._every * (self._burst - 1), self._paused_until - now)

    def pause(self, seconds: float) -> None:
        with self._lock:
            self._paused_until = max(self._paused_until, time.monotonic() + seconds)
