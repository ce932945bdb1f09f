"""How a Redis server is now. What was before is Prometheus's to keep."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import redis

from .servers import Server, client

SLOWEST = 10
PINGS = 3
# A long list of arguments is cut by Redis, its last one says by how much.
_MORE_ARGUMENTS = re.compile(rb"\.\.\. \((\d+) more arguments\)")


@dataclass(frozen=True)
class Memory:
    """In bytes; ``limit`` 0: none. ``policy`` is what happens at the limit."""

    used: int
    resident: int
    limit: int
    policy: str

    @property
    def evicts(self) -> bool:
        return self.policy not in ("", "noeviction")

    @property
    def share(self) -> float:
        """Of its limit, 0.0 where it has none."""
        return self.used / self.limit if self.limit else 0.0


@dataclass(frozen=True)
class Saving:
    """``saved_at``: the last snapshot; ``append_only``: each write is kept, too. ``faults`` names
    what went wrong last time: "snapshot", "append_only"."""

    saved_at: datetime | None
    append_only: bool
    faults: tuple[str, ...]


@dataclass(frozen=True)
class SlowCommand:
    """Its name and how many arguments it had: those themselves are somebody's data."""

    name: str
    arguments: int
    milliseconds: float
    at: datetime


@dataclass(frozen=True)
class Reading:
    """One server, now. ``keys`` by database; ``hits``: share of the keys asked for that were
    there, None before anybody asked; ``slow``: None where it may not be asked."""

    version: str
    up_for: float
    latency: float
    memory: Memory
    clients: int
    blocked: int
    keys: dict[int, int]
    hits: float | None
    evicted: int
    expired: int
    per_second: int
    saving: Saving
    slow: tuple[SlowCommand, ...] | None


def read(server: Server) -> Reading | None:
    """None when it does not answer, or refuses to tell."""
    asked = client(server.url)
    try:
        info = cast(dict, asked.info())
        latency = min(_ping(asked) for _ in range(PINGS))
    except (redis.RedisError, OSError):
        return None
    return Reading(
        version=str(info.get("valkey_version") or info.get("redis_version", "")),
        up_for=float(info.get("uptime_in_seconds", 0)),
        latency=latency,
        memory=memory_of(info),
        clients=info.get("connected_clients", 0),
        blocked=info.get("blocked_clients", 0),
        keys=_keys(info),
        hits=_hits(info),
        evicted=info.get("evicted_keys", 0),
        expired=info.get("expired_keys", 0),
        per_second=info.get("instantaneous_ops_per_sec", 0),
        saving=_saving(info),
        slow=_slow(asked),
    )


def memory_of(info: Mapping[str, Any]) -> Memory:
    """From what INFO says."""
    return Memory(
        used=info.get("used_memory", 0),
        resident=info.get("used_memory_rss", 0),
        limit=info.get("maxmemory", 0),
        policy=str(info.get("maxmemory_policy", "")),
    )


def _ping(asked: redis.Redis) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    asked.ping()
    return 1000 * (time.perf_counter() - began)


def _keys(info: Mapping[str, Any]) -> dict[int, int]:
    numbers = {name.removeprefix("db"): facts for name, facts in info.items()}
    return {int(n): facts["keys"] for n, facts in numbers.items() if n.isdigit()}


def _hits(info: Mapping[str, Any]) -> float | None:
    hits, misses = info.get("keyspace_hits", 0), info.get("keyspace_misses", 0)
    return hits / (hits + misses) if hits + misses else None


def _saving(info: Mapping[str, Any]) -> Saving:
    # Before its first snapshot a server names the time of its own start.
    saved = info.get("rdb_last_save_time", 0) if info.get("rdb_saves", 1) else 0
    append_only = bool(info.get("aof_enabled"))
    faults = {
        "snapshot": info.get("rdb_last_bgsave_status", "ok") != "ok",
        "append_only": append_only and info.get("aof_last_write_status", "ok") != "ok",
    }
    return Saving(
        saved_at=datetime.fromtimestamp(saved, UTC) if saved else None,
        append_only=append_only,
        faults=tuple(name for name, broken in faults.items() if broken),
    )


def _slow(asked: redis.Redis) -> tuple[SlowCommand, ...] | None:
    try:
        # As two words: what redis-py makes of the one has lost where an argument ends.
        rows = cast(list, asked.execute_command("SLOWLOG", "GET", SLOWEST))
    except (redis.RedisError, OSError):
        return None
    return tuple(_slow_command(row) for row in rows)


def _slow_command(row: list) -> SlowCommand:
    name, *arguments = row[3]
    more = _MORE_ARGUMENTS.fullmatch(arguments[-1]) if arguments else None
    return SlowCommand(
        name=name.decode(errors="replace").upper()[:30],
        arguments=len(arguments) - 1 + int(more[1]) if more else len(arguments),
        milliseconds=row[2] / 1000,
        at=datetime.fromtimestamp(row[1], UTC),
    )
