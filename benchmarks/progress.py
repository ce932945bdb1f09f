"""What does it cost the work to say how far it is?

    python benchmarks/progress.py --calls 1000000

Prints one JSON line. A real run: its row, the writer's thread, Redis results and channel layer.
`report_us` is wall time for each call of the loop, the loop itself included; `empty_us` the same
loop around a function that does nothing. Row writes are counted as the statements that changed the
row. The peers are Celery's `update_state` and, when it can be had from the package index,
celery-progress, against the same Redis.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import DATABASES, Ground, ground, load

TARGET_US = 1.0
WRITES_A_SECOND = 4


def main() -> int:
    parser = argparse.ArgumentParser(description="What does one report cost?")
    parser.add_argument("--calls", type=int, default=1_000_000, help="of report (1000000)")
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many (5)")
    parser.add_argument("--seconds", type=float, default=5.0, help="of the run for the pace (5)")
    parser.add_argument("--peer-calls", type=int, default=2000, help="of update_state (2000)")
    parser.add_argument("--database", choices=DATABASES, default="postgres")
    parser.add_argument("--no-index", action="store_true", help="download no peer")
    options = parser.parse_args()
    with ground(options.database) as place:
        print(json.dumps(_measure(options, place)))
    return 0


def _measure(options: argparse.Namespace, place: Ground) -> dict:
    from benchmarks.load import writes

    writes.watch()
    rounds = [_round(options.calls) for _ in range(options.rounds)]
    figures = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    pace = _pace(options.seconds)
    peers = _peers(options, place)
    ours = figures["report_us"]
    return {
        "benchmark": "progress",
        "database": options.database,
        "calls": options.calls,
        "rounds": options.rounds,
        "target_us": TARGET_US,
        **{name: round(value, 3) for name, value in figures.items()},
        **pace,
        **{f"{name}_us": value for name, value in peers.items()},
        "ratio": round((peers["update_state"] or 0) / ours),
        "load": load(),
        "met": ours <= TARGET_US
        and pace["row_writes_most_in_a_second"] <= WRITES_A_SECOND
        and pace["first_written"]
        and pace["last_written"],
    }


# --- ours ------------------------------------------------------------------------------------
def _empty(
    done: int, total: int | None = None, message: str = "", *, phase: str = "", **params: object
) -> None:
    pass


def _loop(call: Callable[..., None], calls: int) -> dict[str, float]:
    """Microseconds a call: of the clock, of this thread's CPU, of the whole process's CPU."""
    began = time.perf_counter(), time.thread_time(), time.process_time()
    for number in range(1, calls + 1):
        call(number, calls, "Counted %(n)s", phase="count", n=number)
    ended = time.perf_counter(), time.thread_time(), time.process_time()
    names = ("us", "cpu_us", "process_cpu_us")
    return {
        name: (after - before) / calls * 1e6
        for name, before, after in zip(names, began, ended, strict=True)
    }


def _round(calls: int) -> dict[str, float]:
    found: dict[str, float] = {}

    def body(work) -> dict:
        found.update({f"empty_{name}": value for name, value in _loop(_empty, calls).items()})
        found.update({f"report_{name}": value for name, value in _loop(work.report, calls).items()})
        return {}

    run, _written = _perform(body)
    assert run.status == "SUCCESS" and run.done == calls, (run.status, run.done)
    return found


def _pace(seconds: float) -> dict:
    """One run that reports without a pause: how often, what first and what last was written."""
    said = {"number": 0, "at": 0.0}

    def body(work) -> dict:
        said["at"] = time.time()
        until = time.monotonic() + seconds
        number = 0
        while time.monotonic() < until:
            number += 1
            work.report(number, None, "Counted %(n)s", phase="count", n=number)
        said["number"] = number
        return {}

    run, written = _perform(body)
    at = [write.at for write in written]
    return {
        "row_writes": len(at),
        "row_writes_most_in_a_second": max(sum(t <= u < t + 1 for u in at) for t in at),
        "first_write_ms": round((at[0] - said["at"]) * 1000, 1),
        "first_write_done": written[0].done,
        "first_written": (written[0].done or 0) > 0 and at[0] - said["at"] < 0.1,
        "last_written": run.done == said["number"],
    }


def _perform(body: Callable) -> tuple:
    """A run of this body, as a worker performs it: (the ended row, the progress writes)."""
    from admintools.jobs import execution
    from admintools.jobs.launch import Initiator, launch
    from admintools.jobs.models import Source
    from admintools.jobs.registry import registry
    from benchmarks.load import jobs, writes

    registry._bodies[jobs.WIRE_NAME] = body
    run = launch(jobs.SLUG, initiator=Initiator(Source.COMMAND, name="benchmark"))
    ended = execution.perform(run.pk, run.attempt, worker="benchmark")
    return ended, writes.taken(run.pk)


# --- peers -----------------------------------------------------------------------------------
def _peers(options: argparse.Namespace, place: Ground) -> dict[str, float | None]:
    """Microseconds a call."""
    import celery

    app = celery.Celery("peer", backend=place.redis.url(6), set_as_current=False)
    task = app.task(name="peer")(_empty_task)
    calls = options.peer_calls

    def update(number: int) -> None:
        meta = {"done": number, "total": calls, "message": f"Counted {number}"}
        task.update_state(task_id=identity, state="PROGRESS", meta=meta)

    identity = str(uuid.uuid4())
    task.push_request(id=identity)
    peers: dict[str, float | None] = {"update_state": _each(update, calls)}
    peers |= dict.fromkeys(("celery_progress", "celery_progress_socket"))
    if not options.no_index and _install(place.directory / "peers"):
        from celery_progress.backend import ProgressRecorder
        from celery_progress.websockets.backend import WebSocketProgressRecorder

        for name, recorder, share in (
            ("celery_progress", ProgressRecorder(task), 1),
            ("celery_progress_socket", WebSocketProgressRecorder(task), 5),
        ):
            count = max(1, calls // share)
            peers[name] = _each(
                lambda n, r=recorder, c=count: r.set_progress(n, c, f"Counted {n}"), count
            )
    return peers


def _empty_task() -> None:
    pass


def _each(call: Callable[[int], object], calls: int) -> float:
    call(0)
    began = time.perf_counter()
    for number in range(1, calls + 1):
        call(number)
    return round((time.perf_counter() - began) / calls * 1e6, 1)


def _install(directory: Path) -> bool:
    """celery-progress into a directory that goes with the benchmark; it needs nothing further."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    done = subprocess.run([*command, str(directory), "celery-progress"], capture_output=True)
    if done.returncode:
        return False
    sys.path.insert(0, str(directory))
    return True


if __name__ == "__main__":
    sys.exit(main())
