"""How long does a click wait for its 202, and what would the least possible view take?

    python benchmarks/launch.py --requests 300

Prints one JSON line. Ours is the product's launch view, with session, CSRF, permission, the run's
row, the log of actions, the queue and the hints to open pages, for a job that excludes nothing.
The peer (benchmarks/launch_peer) is a Django project without database, session or middleware whose
view calls `.delay()`. Both run under uvicorn as the product starts it, on one Redis, and take turns
with the same requests over kept-alive connections. `ratio` is our p95 by the peer's, the median
over rounds.
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
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import DATABASES, Ground, cpu_seconds, ground, load, uvicorn

CONNECTIONS = (1, 8)
MOST = 2.0
WARM = 16


class Side(NamedTuple):
    """One of the two servers, and what is sent to it."""

    pid: int
    port: int
    request: bytes


def main() -> int:
    parser = argparse.ArgumentParser(description="How long does a click wait for its 202?")
    parser.add_argument("--requests", type=int, default=300, help="a round and side (300)")
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many (5)")
    parser.add_argument("--database", choices=DATABASES, default="postgres")
    options = parser.parse_args()
    with ground(options.database) as place:
        print(json.dumps(_measure(options, place)))
    return 0


def _measure(options: argparse.Namespace, place: Ground) -> dict:
    with (
        uvicorn(place, "sicargabox.asgi:application") as (web, port),
        uvicorn(place, "benchmarks.launch_peer.asgi:application") as (peer, peer_port),
    ):
        sides = {
            "ours": Side(web.pid, port, _ours(port)),
            "peer": Side(peer.pid, peer_port, _post(peer_port, "/launch/")),
        }
        figures: dict[str, object] = {}
        ratios = []
        for connections in CONNECTIONS:
            found = _rounds(options, place, sides, connections)
            for side, values in found.items():
                for name, value in values.items():
                    figures[f"{side}_{name}_at_{connections}"] = value
            ratio = found["ours"]["p95_ms"] / found["peer"]["p95_ms"]
            figures[f"ratio_at_{connections}"] = round(ratio, 2)
            ratios.append(ratio)
    return {
        "benchmark": "launch",
        "database": options.database,
        "requests": options.requests,
        "rounds": options.rounds,
        **figures,
        "target_ratio": MOST,
        "ratio": round(max(ratios), 2),
        "load": load(),
        "met": max(ratios) <= MOST,
    }


def _rounds(
    options: argparse.Namespace, place: Ground, sides: dict[str, Side], connections: int
) -> dict[str, dict[str, float]]:
    """By side the median over rounds of median, p95 and the server's CPU, in milliseconds."""
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
    for number in range(options.rounds + 1):
        for name, side in sides.items():
            count = options.requests if number else WARM
            busy = cpu_seconds(side.pid)
            times = sorted(_press(side, count, connections))
            busy = cpu_seconds(side.pid) - busy
            p50, p95 = (times[int(share * len(times))] * 1000 for share in (0.5, 0.95))
            if number:  # the first round warms up
                figures = {"p50_ms": p50, "p95_ms": p95, "cpu_ms": busy / count * 1000}
                taken[name].append(figures)
            _forget(place)
    return {
        name: {
            figure: round(statistics.median(r[figure] for r in rounds), 2) for figure in rounds[0]
        }
        for name, rounds in taken.items()
    }


def _press(side: Side, count: int, connections: int) -> list[float]:
    """Seconds of each request, with so many clients that press again once they are answered."""
    times: list[float] = []
    turns = iter(range(count))
    gate = threading.Barrier(connections)
    failures: list[BaseException] = []

    def client() -> None:
        try:
            with socket.create_connection(("127.0.0.1", side.port)) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                gate.wait(30)
                for _turn in turns:
                    began = time.perf_counter()
                    connection.sendall(side.request)
                    _read_202(connection)
                    times.append(time.perf_counter() - began)
        except BaseException as error:  # a thread's error would pass unseen
            gate.abort()
            failures.append(error)

    threads = [threading.Thread(target=client) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return times


def _read_202(connection: socket.socket) -> None:
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65536) or _ended(answer)
    head, _sep, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 202"):
        raise RuntimeError(answer.decode(errors="replace"))
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    # Without the middleware that counts it the body comes in chunks, the last one empty.
    while len(body) < int(length) if length else not body.endswith(b"0\r\n\r\n"):
        body += connection.recv(65536) or _ended(answer)


def _ended(answer: bytes) -> bytes:
    raise RuntimeError(f"the server hung up after {answer!r}")


def _post(port: int, path: str, *headers: str) -> bytes:
    lines = (f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers, "Content-Length: 0")
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def _ours(port: int) -> bytes:
    """The click of a member of staff who may launch this job, by way of a group."""
    from django.contrib.auth.models import Group, Permission, User
    from django.contrib.contenttypes.models import ContentType
    from django.test import Client

    from admintools.jobs.models import TaskHistory
    from benchmarks.load.jobs import SLUG
    from benchmarks.load.urls import LAUNCH

    kind = ContentType.objects.get_for_model(TaskHistory)
    launch = Permission.objects.create(
        codename=f"launch_{SLUG}", name="Can launch: count", content_type=kind
    )
    operators = Group.objects.create(name="operators")
    operators.permissions.add(launch)
    user = User.objects.create_user("operator", is_staff=True)
    user.groups.add(operators)
    client = Client()
    client.force_login(user)
    token = "c" * 32
    cookies = f"Cookie: sessionid={client.cookies['sessionid'].value}; csrftoken={token}"
    return _post(port, f"/{LAUNCH}", cookies, f"X-CSRFToken: {token}", "Accept: application/json")


def _forget(place: Ground) -> None:
    """End what was launched: nothing performs it, and a queue of thousands is another question."""
    from admintools.jobs.models import TaskHistory

    TaskHistory.objects.active().update(status="REVOKED")
    place.redis.client().flushall()


if __name__ == "__main__":
    sys.exit(main())
