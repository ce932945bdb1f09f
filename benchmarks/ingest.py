"""How many events a second are accepted, how many stored, and does a long queue slow the answer?

    python benchmarks/ingest.py

Prints one JSON line. Batches of 50 events, searches and what follows from them, go to the product's
own address with its token, its checks and its limits counted, under uvicorn as the product starts
it, on PostgreSQL and Redis. The peer (benchmarks/ingest_peer) is a Django project without database
or checks whose view calls `.delay()` for each event; both take turns. The answer's p95 while
200,000 events wait in the queue is compared with that of an empty one, in turns. Last two processes
of a worker store what waits, apart from the intake.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import Ground, ground, load, uvicorn

BATCH = 50
CLIENTS = 4
LEAST_ACCEPTED, LEAST_STORED, MOST_SLOWER = 5000, 2000, 1.2
WARM = 20


class Figures(NamedTuple):
    """Of one round: events a second, the answer's p95 in ms."""

    rate: float
    p95_ms: float


def main() -> int:
    parser = argparse.ArgumentParser(description="How many events a second?")
    parser.add_argument("--requests", type=int, default=400, help="a round (400)")
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many (3)")
    parser.add_argument("--waiting", type=int, default=200_000, help="events that wait (200,000)")
    parser.add_argument("--stored", type=int, default=40_000, help="events to store (40,000)")
    options = parser.parse_args()
    with ground("postgres") as place:
        place.env["API_EVENT_REQUESTS_PER_CLIENT"] = "1000000"
        place.env["API_EVENT_REQUESTS_PER_ADDRESS"] = "1000000"
        print(json.dumps(_measure(options, place)))
    return 0


def _measure(options: argparse.Namespace, place: Ground) -> dict[str, Any]:
    import os

    os.environ.update(place.env)
    token = _token()
    with (
        uvicorn(place, "sicargabox.asgi:application") as (_web, port),
        uvicorn(place, "benchmarks.ingest_peer.asgi:application") as (_peer, peer_port),
    ):
        _round(port, token, WARM, "warm")
        _round(peer_port, token, WARM, "warm")
        ours, peer = [], []
        for number in range(options.rounds):
            ours.append(_round(port, token, options.requests, f"a{number}"))
            peer.append(_round(peer_port, token, options.requests // 2, f"a{number}"))
            _empty(place)
        full = _Full(place, options.waiting)
        long_queue, empty_queue = [], []
        for number in range(options.rounds):
            _empty(place)
            empty_queue.append(_round(port, token, options.requests, f"e{number}").p95_ms)
            full.restore()
            long_queue.append(_round(port, token, options.requests, f"f{number}").p95_ms)
    _empty(place)
    full.restore(options.stored)
    stored = _stored(place, options.stored)
    accepted = statistics.median(figures.rate for figures in ours)
    peer_rate = statistics.median(figures.rate for figures in peer)
    slower = statistics.median(long_queue) / statistics.median(empty_queue)
    return {
        "benchmark": "ingest",
        "batch": BATCH,
        "clients": CLIENTS,
        "accepted_per_second": round(accepted),
        "p95_ms": round(statistics.median(figures.p95_ms for figures in ours), 1),
        "peer_accepted_per_second": round(peer_rate),
        "peer_p95_ms": round(statistics.median(figures.p95_ms for figures in peer), 1),
        "ratio": round(accepted / peer_rate, 2),
        "stored_per_second": round(stored),
        "waiting": options.waiting,
        "p95_ms_empty_queue": round(statistics.median(empty_queue), 1),
        "p95_ms_long_queue": round(statistics.median(long_queue), 1),
        "long_by_empty": round(slower, 2),
        "load": load(),
        "met": accepted >= LEAST_ACCEPTED and stored >= LEAST_STORED and slower <= MOST_SLOWER,
    }


def _token() -> str:
    from api.models import ApiClient

    return ApiClient(name="benchmark").renew()


def _events(name: str) -> list[dict[str, Any]]:
    """A batch as a busy site has it: searches, what was shown, what was chosen, declarations."""
    from django.utils import timezone

    now = timezone.now().isoformat()
    told = []
    for number in range(BATCH):
        event = {"event_id": f"{name}-{number}", "session": f"s{number % 7}", "occurred_at": now}
        event |= {"client_id": f"HN-{number % 11}", "address": f"190.4.{number}.7"}
        query = f"tenis para correr talla {number}"
        kinds: tuple[dict[str, Any], ...] = (
            {"type": "search", "query": query, "results": number},
            {"type": "impression", "query": query, "codes": ["6404.11.00.00"] * 10},
            {"type": "search", "query": query, "results": number},
            {"type": "selection", "query": query, "code": "6404.11.00.00", "rank": 2},
            {"type": "declaration", "description": f"un par de tenis número {number}"},
        )
        told.append({**event, **kinds[number % len(kinds)]})
    return told


def _round(port: int, token: str, count: int, name: str) -> Figures:
    """So many batches by CLIENTS clients that send again once they are answered."""
    requests = iter([_post(port, token, _events(f"{name}-{n}")) for n in range(count)])
    times: list[float] = []
    failures: list[BaseException] = []
    lock, gate = threading.Lock(), threading.Barrier(CLIENTS + 1)

    def client() -> None:
        try:
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                gate.wait(60)
                while True:
                    with lock:
                        request = next(requests, None)
                    if request is None:
                        return
                    began = time.perf_counter()
                    connection.sendall(request)
                    _read_201(connection)
                    times.append(time.perf_counter() - began)
        except BaseException as error:  # a thread's error would pass unseen
            gate.abort()
            failures.append(error)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    gate.wait(60)
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if failures:
        raise failures[0]
    return Figures(count * BATCH / took, sorted(times)[int(0.95 * len(times))] * 1000)


def _post(port: int, token: str, events: list[dict[str, Any]]) -> bytes:
    body = json.dumps(events).encode()
    head = (
        f"POST /api/events/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _read_201(connection: socket.socket) -> None:
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65536) or _ended(answer)
    head, _sep, body = answer.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    while len(body) < int(length) if length else not body.endswith(b"0\r\n\r\n"):
        body += connection.recv(65536) or _ended(answer)
    if not head.startswith(b"HTTP/1.1 201") or b'"accepted": 50' not in body:
        raise RuntimeError((head + body).decode(errors="replace"))


def _ended(answer: bytes) -> bytes:
    raise RuntimeError(f"the server hung up after {answer!r}")


def _execute(*statements: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


TABLES = ("micasillero_events_rawbatch", "micasillero_events_eventkey")


def _empty(place: Ground) -> None:
    place.redis.client().flushall()
    _execute(f"TRUNCATE {', '.join(TABLES)}, micasillero_events_event CASCADE")


class _Full:
    """A queue of so many events, made by the product's own functions, to be had again at once."""

    def __init__(self, place: Ground, waiting: int) -> None:
        from admintools.tasks.events import send
        from micasillero.events.intake import accept

        _empty(place)
        for number in range(waiting // BATCH):
            accepted = accept("benchmark", _events(f"w{number}"))
            if not (accepted.batch and send(accepted.batch)):
                raise RuntimeError("a batch did not reach the queue")
        self._messages = place.redis.client().lrange("events", 0, -1)
        self._place = place
        _execute(*(f"CREATE TABLE saved_{table} AS SELECT * FROM {table}" for table in TABLES))

    def restore(self, events: int | None = None) -> None:
        """All of it, or the first so many events."""
        batches = events // BATCH if events else len(self._messages)
        _execute(
            *(f"INSERT INTO {table} SELECT * FROM saved_{table}" for table in TABLES),
            *(f"ANALYZE {table}" for table in TABLES),
        )
        client = self._place.redis.client()
        client.delete("events")
        client.rpush("events", *self._messages[-batches:])


def _stored(place: Ground, events: int) -> float:
    """Events a second that two processes of a worker store."""
    from micasillero.events.models import Event
    from tests.support import product

    with product.worker("events", env=place.env, log=place.log("worker"), concurrency=2):
        first = _awaited(lambda: Event.objects.count() > 0)
        before = Event.objects.count()
        last = _awaited(lambda: Event.objects.count() >= events)
    return (events - before) / (last - first)


def _awaited(condition: Any) -> float:
    deadline = time.monotonic() + 300
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("the worker did not store what waits")
        time.sleep(0.05)
    return time.monotonic()


if __name__ == "__main__":
    sys.exit(main())
