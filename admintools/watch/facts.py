"""What monitoring wants to know, read from the database, the broker and the search engine."""

import functools
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import redis
from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Coalesce

from admintools import redis_server
from admintools.jobs import beats, queues
from admintools.jobs.models import RUNNING, ProcessBeat, TaskHistory
from admintools.jobs.registry import registry
from admintools.jobs.states import State, derive

# One process of each must be heard of, within this time; workers are counted by queue. sync_index
# rests up to half a minute when the engine is away, and one that hangs holds it for as long again.
SILENT_AFTER = {
    "dispatch": timedelta(seconds=20),
    "sync_index": timedelta(minutes=2),
    "beat": timedelta(seconds=20),
}
SINGLE_PROCESSES = tuple(SILENT_AFTER)
ENDED_WITHIN = timedelta(hours=1)
# A row may outlive the definition of its job; the labels stay those of the registry.
UNKNOWN_JOB = "unknown"

ByJob = Counter[tuple[str, str]]


@dataclass
class Jobs:
    """Runs now. ``active`` by (job, "waiting" or "running"), ``ended`` within the last hour by
    (job, status in lower case), ``oldest`` the longest wait in seconds by queue."""

    active: ByJob = field(default_factory=Counter)
    ended: ByJob = field(default_factory=Counter)
    stale: Counter[str] = field(default_factory=Counter)
    stuck: Counter[str] = field(default_factory=Counter)
    oldest: dict[str, float] = field(default_factory=dict)


def jobs(now: datetime) -> Jobs:
    """Four queries, whose cost grows with the active runs and not with the history."""
    found = Jobs()
    _count_active(found, now)
    for run in TaskHistory.objects.running():
        state = derive(run, served=True, now=now)
        found.stale[_job(run.job)] += state == State.STALE
        found.stuck[_job(run.job)] += state == State.STUCK
    ended = TaskHistory.objects.finished().filter(finished_at__gt=now - ENDED_WITHIN)
    for row in ended.order_by().values("job", "status").annotate(n=Count("id")):
        found.ended[_job(row["job"]), row["status"].lower()] += row["n"]
    return found


def _count_active(found: Jobs, now: datetime) -> None:
    active = TaskHistory.objects.active().order_by()
    for row in active.values("job", "status").annotate(n=Count("id")):
        state = "running" if row["status"] in RUNNING else "waiting"
        found.active[_job(row["job"]), state] += row["n"]
    # A run that waits for its next attempt waits for a worker only from that moment on.
    since = TaskHistory.objects.waiting().filter(inline=False).order_by()
    since = since.annotate(since=Coalesce("next_attempt_at", "created_at")).filter(since__lte=now)
    for row in since.values("queue").annotate(oldest=Min("since")):
        found.oldest[row["queue"]] = (now - row["oldest"]).total_seconds()


def _job(slug: str) -> str:
    return slug if registry.find(slug) else UNKNOWN_JOB


@dataclass(frozen=True)
class ProcessFact:
    """``last``: the last sign of life of any; ``silence``: seconds since, infinite without one."""

    name: str
    alive: int
    last: datetime | None
    silence: float

    @property
    def silent(self) -> bool:
        return self.silence > SILENT_AFTER[self.name].total_seconds()


def processes(now: datetime) -> list[ProcessFact]:
    recent = Q(beat_at__gte=now - beats.ALIVE_WITHIN)
    heard = ProcessBeat.objects.filter(name__in=SINGLE_PROCESSES).order_by().values("name")
    counted = heard.annotate(last=Max("beat_at"), alive=Count("id", filter=recent))
    known = {row["name"]: row for row in counted}
    return [
        ProcessFact(
            name=name,
            alive=known[name]["alive"] if name in known else 0,
            last=known[name]["last"] if name in known else None,
            silence=_seconds(now - known[name]["last"]) if name in known else float("inf"),
        )
        for name in SINGLE_PROCESSES
    ]


def _seconds(length: timedelta) -> float:
    return max(0.0, length.total_seconds())


def queue_facts() -> list[queues.QueueFact]:
    """Those of the registry alone: a name from the database is no label."""
    known = {job.queue for job in registry}
    return [fact for fact in queues.queue_facts(fresh=True) if fact.name in known]


@dataclass(frozen=True)
class BrokerFact:
    """``memory``: the share of its memory that is used, 0.0 where it has no limit. ``takes``:
    whether it would queue a message now, which a full memory or disk keeps it from."""

    memory: float
    takes: bool


def broker() -> BrokerFact | None:
    """None when it does not answer."""
    try:
        memory = cast(dict, broker_client().info("memory"))
        takes = broker_takes()
    except (redis.RedisError, OSError):
        return None
    limit = memory.get("maxmemory", 0)
    return BrokerFact(memory=memory["used_memory"] / limit if limit else 0.0, takes=takes)


def broker_takes() -> bool:
    """Whether it would queue a message now. Raises RedisError or OSError when it is away.

    It is asked to push to a list that does not exist: refused like any push where nothing can be
    queued, and else without an effect. A ping is answered by a full server too.
    """
    try:
        broker_client().lpushx("sicargabox.no-such-queue", "")
    except redis.ResponseError:
        return False
    return True


@functools.cache
def broker_client() -> redis.Redis:
    return redis_server.client(
        settings.CELERY_BROKER_URL, socket_connect_timeout=1, socket_timeout=1
    )
