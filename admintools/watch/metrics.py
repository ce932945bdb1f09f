"""The figures for Prometheus. Every label comes from a list in the code, so their number is fixed.

What cannot be learned is left out: a missing series is no zero.
"""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector, CollectorRegistry

from admintools.jobs.registry import registry
from micasillero.search.status import index_status

from . import dead_letters, dumps, facts, messages
from .redis import Reading, read
from .servers import servers

FRESH_FOR = 2.0
Family = GaugeMetricFamily


class ConsoleCollector(Collector):
    """Reads everything once for each exposition."""

    def collect(self) -> Iterator[Family]:
        began = time.perf_counter()
        try:
            families = list(_of_database())
        except (DatabaseError, InterfaceError):
            families = []
        yield _single("database_up", "Whether the database answers.", bool(families))
        yield from families
        yield from _of_broker()
        yield from _of_index()
        yield from _of_dumps()
        took = time.perf_counter() - began
        yield _single("metrics_seconds", "Seconds it took to read these figures.", took)


def _of_database() -> Iterator[Family]:
    now = timezone.now()
    runs = facts.jobs(now)
    yield from _of_jobs(runs)
    yield from _of_queues(runs.oldest)
    silence = Family(
        "sicargabox_process_silence_seconds",
        "Seconds since the last sign of life of any such process; +Inf when there is none.",
        labels=["process"],
    )
    alive = Family(
        "sicargabox_processes", "Processes with a recent sign of life.", labels=["process"]
    )
    for process in facts.processes(now):
        silence.add_metric([process.name], process.silence)
        alive.add_metric([process.name], process.alive)
    yield from (silence, alive)
    yield from _of_events(now)


def _of_events(now: datetime) -> Iterator[Family]:
    waiting = dead_letters.batches_waiting(now)
    yield _single("event_batches_waiting", "Accepted and not worked off.", waiting.count)
    yield _single("event_batches_oldest_seconds", "Longest wait of those; 0: none.", waiting.oldest)
    dead = Family("sicargabox_dead_letters", "Given up, for a person to handle.", labels=["kind"])
    for kind, count in dead_letters.dead_letters().items():
        dead.add_metric([kind], count)
    yield dead


def _of_jobs(runs: facts.Jobs) -> Iterator[Family]:
    names = [*(job.slug for job in registry), facts.UNKNOWN_JOB]
    active = Family("sicargabox_runs", "Runs that have not ended.", labels=["job", "state"])
    ended = Family(
        "sicargabox_runs_ended_last_hour",
        "Runs that ended within the last hour.",
        labels=["job", "status"],
    )
    stale = Family("sicargabox_runs_stale", "Runs without a sign of life.", labels=["job"])
    stuck = Family("sicargabox_runs_stuck", "Runs that live but do not move.", labels=["job"])
    for job in names:
        for state in ("waiting", "running"):
            active.add_metric([job, state], runs.active[job, state])
        for status in ("success", "failure", "revoked"):
            ended.add_metric([job, status], runs.ended[job, status])
        stale.add_metric([job], runs.stale[job])
        stuck.add_metric([job], runs.stuck[job])
    yield from (active, ended, stale, stuck)


def _of_queues(oldest: dict[str, float]) -> Iterator[Family]:
    workers = Family("sicargabox_queue_workers", "Workers that listen.", labels=["queue"])
    paused = Family("sicargabox_queue_paused", "Whether a person stopped it.", labels=["queue"])
    age = Family(
        "sicargabox_queue_oldest_waiting_seconds",
        "Longest wait of a run that could start now; 0 when none waits.",
        labels=["queue"],
    )
    for fact in facts.queue_facts():
        workers.add_metric([fact.name], fact.workers)
        paused.add_metric([fact.name], fact.paused)
        age.add_metric([fact.name], oldest.get(fact.name, 0.0))
    yield from (workers, paused, age)


def _of_broker() -> Iterator[Family]:
    broker = facts.broker()
    yield _single("broker_up", "Whether the broker answers.", broker is not None)
    if broker is not None:
        yield _single("broker_takes", "Whether it would queue a message now.", broker.takes)
        yield _single(
            "broker_memory_ratio", "Used share of its memory limit; 0: none.", broker.memory
        )
    yield _of_messages(ask=broker is not None)
    yield from _of_redis(ask_broker=broker is not None)


def _of_messages(*, ask: bool) -> Family:
    lengths = Family("sicargabox_queue_messages", "Messages on the broker.", labels=["queue"])
    for waiting in (messages.waiting() if ask else None) or ():
        lengths.add_metric([waiting.queue], waiting.total)
    return lengths


# By name: the text, and where the figure stands in a reading.
REDIS: dict[str, tuple[str, Callable[[Reading], float]]] = {
    "memory_used_bytes": ("Memory used.", lambda found: found.memory.used),
    "memory_resident_bytes": ("As the system sees it.", lambda found: found.memory.resident),
    "memory_limit_bytes": ("Its limit; 0: none.", lambda found: found.memory.limit),
    "evicts": ("Whether it throws keys away when full.", lambda found: found.memory.evicts),
    "evicted_keys": ("Keys thrown away since its start.", lambda found: found.evicted),
}


def _of_redis(*, ask_broker: bool) -> Iterator[Family]:
    """By server: a is the broker's, b the caches' where they have one of their own."""
    up = Family("sicargabox_redis_up", "Whether it answers.", labels=["server"])
    families = {
        name: Family(f"sicargabox_redis_{name}", text, labels=["server"])
        for name, (text, _figure) in REDIS.items()
    }
    for server in servers():
        reading = read(server) if ask_broker or not server.has_broker else None
        up.add_metric([server.name], reading is not None)
        for name, family in families.items():
            if reading is not None:
                family.add_metric([server.name], REDIS[name][1](reading))
    yield from (up, *families.values())


def _of_index() -> Iterator[Family]:
    index = index_status()
    yield _single("index_up", "Whether the search engine answers.", index.reachable)
    if index.reachable:
        yield _single("index_live", "Whether there is a live search index.", bool(index.index))
    known = {
        "index_documents": ("Documents in the live index.", index.documents),
        "database_documents": ("Lines of the database to search.", index.database_documents),
        "index_pending_changes": ("Changes not yet in the index.", index.pending_changes),
    }
    for name, (text, value) in known.items():
        if value is not None:
            yield _single(name, text, value)


def _of_dumps() -> Iterator[Family]:
    age = dumps.age(timezone.now())
    if age is not None:
        text = "Seconds since the newest dump in BACKUP_DIR was made; +Inf when none is seen there."
        yield _single("backup_age_seconds", text, age)


def _single(name: str, text: str, value: float) -> Family:
    return Family(f"sicargabox_{name}", text, value=float(value))


_registry = CollectorRegistry(auto_describe=False)
_registry.register(ConsoleCollector())
_kept: dict[str, tuple[float, bytes]] = {}
_reading = threading.Lock()


def exposition(accept: str = "") -> tuple[bytes, str]:
    """(the figures as text, its content type), at most two seconds old.

    ``accept`` is the request's header. Many who ask at once cause one reading.
    """
    encode: Callable[[CollectorRegistry], bytes]
    encode, content_type = choose_encoder(accept)
    with _reading:
        taken_at, text = _kept.get(content_type, (0.0, b""))
        if not text or time.monotonic() - taken_at > FRESH_FOR:
            text = encode(_registry)
            _kept[content_type] = (time.monotonic(), text)
    return text, content_type
