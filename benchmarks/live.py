"""How long from a row written to the message at every open page?

    python benchmarks/live.py --sockets 500

Prints one JSON line. A real worker runs a job that reports twice a second; its progress writer
notes when the UPDATE of each seq returned. The clients, in a process of their own, sit half on the
console's socket and half on the run's, with a session and compression as browsers have them, and
note when each seq, or a later one, came in. uvicorn is started as the product starts it. The
figures are medians over rounds of the percentiles over all clients and messages.

The peer is a consumer as Channels' tutorial has it, which checks nothing and passes a text of the
same length on, to as many clients by the same channel layer and uvicorn. `ratio` is its p95 by
ours.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import DATABASES, ROOT, Ground, cpu_seconds, ground, load, uvicorn

TARGET_MS = 100.0
SETTLE_SECONDS = 0.5
WARM = 5
Series = list[tuple[int, float]]


def main() -> int:
    parser = argparse.ArgumentParser(description="How late is a page?")
    parser.add_argument("--sockets", type=int, default=500, help="clients (500)")
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many (3)")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each round (30)")
    parser.add_argument("--every", type=float, default=0.5, help="seconds between reports (0.5)")
    parser.add_argument("--database", choices=DATABASES, default="postgres")
    options = parser.parse_args()
    with ground(options.database) as place:
        print(json.dumps(_measure(options, place)))
    return 0


def _measure(options: argparse.Namespace, place: Ground) -> dict:
    messages = max(1, round(options.seconds / options.every))
    ours = _ours(options, place, messages * options.rounds)
    bare = _bare(options, place, ours["message_bytes"], messages * options.rounds)
    figures = _percentiles(ours["latencies"], messages)
    peer = _percentiles(bare["latencies"], messages)
    return {
        "benchmark": "live",
        "database": options.database,
        "sockets": options.sockets,
        "refused": ours["refused"],
        "closed": ours["closed"],
        "rounds": options.rounds,
        "messages": len(ours["latencies"]),
        "messages_a_second": round(ours["messages_a_second"], 2),
        "message_bytes": ours["message_bytes"],
        "sent_bytes_a_message": ours["sent_bytes"],
        "target_ms": TARGET_MS,
        **figures,
        "kb_a_socket": ours["kb_a_socket"],
        "web_cpu_percent": ours["web_cpu_percent"],
        **{f"peer_{name}": value for name, value in peer.items()},
        "ratio": round(peer["p95_ms"] / figures["p95_ms"], 2),
        "load": load(),
        "met": figures["p95_ms"] <= TARGET_MS and not ours["refused"] and not ours["closed"],
    }


def _percentiles(latencies: list[list[float]], a_round: int) -> dict[str, float]:
    """Milliseconds: the medians over rounds, the worst of all."""
    rounds = [latencies[at : at + a_round] for at in range(0, len(latencies), a_round)]
    rounds = [r for r in rounds if len(r) == a_round] or rounds
    found = {}
    for name, share in (("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99)):
        each = [_percentile([t for message in r for t in message], share) for r in rounds]
        found[name] = round(statistics.median(each) * 1000, 1)
    found["max_ms"] = round(max(t for message in latencies for t in message) * 1000, 1)
    return found


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _latencies(written: Series, arrivals: list[Series]) -> list[list[float]]:
    """For each write the seconds until each client had that state or a later one."""
    told: list[list[float]] = [[] for _ in written]
    for series in arrivals:
        came = iter(series)
        seq, at = -1, 0.0
        for number, (wanted, since) in enumerate(written):
            while seq < wanted:
                seq, at = next(came, (sys.maxsize, float("inf")))
            told[number].append(max(0.0, at - since))
    return told


# --- ours ------------------------------------------------------------------------------------
def _ours(options: argparse.Namespace, place: Ground, messages: int) -> dict:
    from admintools.jobs.launch import Initiator, launch
    from admintools.jobs.models import Source, TaskHistory
    from benchmarks.load import jobs
    from tests.support import product

    go = place.directory / "go"
    parameters = {"items": messages + 1, "pause": options.every, "go": str(go)}
    with ExitStack() as stack:
        web, port = stack.enter_context(uvicorn(place, "sicargabox.asgi:application"))
        log = place.log("worker")
        stack.callback(product.worker(jobs.QUEUE, env=place.env, log=log, name="live").kill)
        by = Initiator(Source.COMMAND, name="benchmark")
        run = launch(jobs.SLUG, parameters=parameters, initiator=by)
        paths = ["/ws/admin/tasks/", f"/ws/admin/tasks/{run.task_id}/"]
        cookie = _cookie()
        first = Clients(port, paths * WARM, cookie)
        first.join()
        first.tell()
        clients = Clients(port, [paths[i % 2] for i in range(options.sockets)], cookie)
        before = _memory(web.pid)
        joined, refused = clients.join()
        grown = _memory(web.pid) - before
        time.sleep(SETTLE_SECONDS)
        busy, began = cpu_seconds(web.pid), time.monotonic()
        joined_at = time.time()
        go.touch()
        run = _ended(TaskHistory.objects.filter(pk=run.pk))
        busy, took = cpu_seconds(web.pid) - busy, time.monotonic() - began
        time.sleep(SETTLE_SECONDS)
        told = clients.tell()
    assert run.status == "SUCCESS", run.traceback
    # Signs of life were written while the clients still joined: who was not there is not late.
    written = [(seq, at) for seq, at in run.result["written"] if at > joined_at][-messages:]
    rate = (len(written) - 1) / (written[-1][1] - written[0][1]) if len(written) > 1 else 0.0
    return {
        "latencies": _latencies(written, told["arrivals"]),
        "messages_a_second": rate,
        "message_bytes": told["length"],
        "sent_bytes": round(told["bytes"] / max(1, sum(map(len, told["arrivals"])))),
        "refused": refused,
        "closed": told["closed"],
        "kb_a_socket": round(grown / 1024 / max(1, joined), 1),
        "web_cpu_percent": round(100 * busy / took),
    }


def _ended(row):
    while (run := row.get()).is_active:
        time.sleep(0.2)
    return run


def _cookie() -> str:
    """Of a member of staff who may see the console, and no more than that."""
    from django.contrib.auth.models import Permission, User
    from django.test import Client

    user = User.objects.create_user("watcher", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_console"))
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


# --- the peer --------------------------------------------------------------------------------
def _bare(options: argparse.Namespace, place: Ground, length: int, messages: int) -> dict:
    """The same rhythm, length and number of clients, and nothing that the product adds."""
    from asgiref.sync import async_to_sync
    from channels.layers import get_channel_layer

    from benchmarks.load.bare import GROUP

    with uvicorn(place, "benchmarks.load.bare:application") as (_process, port):
        clients = Clients(port, ["/"] * options.sockets, "")
        clients.join()
        time.sleep(SETTLE_SECONDS)
        sent: Series = []

        async def send() -> None:
            import asyncio

            layer = get_channel_layer()
            for seq in range(1, messages + 1):
                text = json.dumps({"seq": seq, "text": _varied(seq, length)})
                sent.append((seq, time.time()))
                await layer.group_send(GROUP, {"type": "passed.on", "text": text})
                await asyncio.sleep(options.every)

        async_to_sync(send)()
        time.sleep(SETTLE_SECONDS)
        return {"latencies": _latencies(sent, clients.tell()["arrivals"])}


def _varied(seq: int, length: int) -> str:
    """Text that compresses about as well as a state does."""
    words = (f"word{(seq * i) % 97}" for i in range(1, length))
    return " ".join(words)[: max(0, length - 30)]


# --- both ------------------------------------------------------------------------------------
class Clients:
    """The process of the clients."""

    def __init__(self, port: int, paths: list[str], cookie: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load.clients"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self._input, self._output = self._process.stdin, self._process.stdout
        self._input.write(json.dumps({"port": port, "cookie": cookie, "paths": paths}) + "\n")

    def join(self) -> tuple[int, int]:
        """Connect them all: how many joined, how many were refused."""
        self._input.flush()
        words = self._output.readline().split()
        return int(words[1]), int(words[3])

    def tell(self) -> dict:
        """End them; what they saw."""
        self._input.close()
        told = json.loads(self._output.read())
        self._process.wait()
        return told


def _memory(pid: int) -> int:
    """Bytes of RSS."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if "VmRSS" in line).split()[1]) * 1024


if __name__ == "__main__":
    sys.exit(main())
