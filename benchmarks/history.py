"""How long does staff wait for the console and its history, with a million runs in it?

    python benchmarks/history.py --rows 1000000

Prints one JSON line: milliseconds (p95 and p50 of so many requests each) from the request to the
last byte of home, the first and a deep page of the history, each filter and several searches, over
HTTP from uvicorn as the product starts it, on PostgreSQL, with a session and every permission. The
peer is django-celery-results' admin on the same server, with as many rows: its list and a search in
it. `ratio` is the peer's first page by ours, `search_ratio` its search by our slowest.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import Ground, ground, load, uvicorn

TARGET_MS = 100.0
HOME, TASKS = "/admin/elasticsearch/", "/admin/elasticsearch/tasks/"
PEER = "/admin/django_celery_results/taskresult/"
WARM_UP = 5


def main() -> int:
    parser = argparse.ArgumentParser(description="How long does staff wait for the history?")
    parser.add_argument("--rows", type=int, default=1_000_000, help="runs (1000000)")
    parser.add_argument("--active", type=int, default=20, help="of them waiting (20)")
    parser.add_argument("--requests", type=int, default=40, help="to each address (40)")
    parser.add_argument("--peer-requests", type=int, default=5, help="to each of the peer's (5)")
    options = parser.parse_args()
    with ground("postgres") as place:
        print(json.dumps(_measure(options, place)))
    return 0


def _measure(options: argparse.Namespace, place: Ground) -> dict:
    from django.core.management import call_command

    from benchmarks.history_rows import fill

    call_command("collectstatic", verbosity=0, interactive=False)
    started = time.perf_counter()
    fill(options.rows, options.active)
    filled = time.perf_counter() - started
    with uvicorn(place, "benchmarks.history_peer:application") as (_web, port):
        visit = _Visitor(port)
        ours = {
            name: _timed(visit, address, options.requests) for name, address in _addresses().items()
        }
        exported = visit.export()
        theirs = {
            "first_page": _timed(visit, PEER, options.peer_requests),
            "search": _timed(visit, f"{PEER}?q=usuario7", options.peer_requests),
        }
    p95 = {name: _percentile(took, 0.95) for name, took in ours.items()}
    peer_p95 = {name: _percentile(took, 0.95) for name, took in theirs.items()}
    slowest_search = max(ms for name, ms in p95.items() if name.startswith("search"))
    return {
        "benchmark": "history",
        "database": "postgres",
        "through": "uvicorn",
        "rows": options.rows,
        "active": options.active,
        "requests": options.requests,
        "fill_seconds": round(filled, 1),
        "target_ms": TARGET_MS,
        "p95_ms": p95,
        "p50_ms": {name: _percentile(took, 0.5) for name, took in ours.items()},
        "worst_ms": max(p95.values()),
        "export": exported,
        "peer": "django-celery-results' admin",
        "peer_p95_ms": peer_p95,
        "ratio": round(peer_p95["first_page"] / p95["history"], 2),
        "search_ratio": round(peer_p95["search"] / slowest_search, 2),
        "load": load(),
        "met": max(p95.values()) <= TARGET_MS,
    }


def _addresses() -> dict[str, str]:
    from admintools.console.history.keyset import Place
    from admintools.jobs.models import TaskHistory

    def of(**asked: str) -> str:
        return f"{TASKS}?{urlencode(asked)}"

    oldest = TaskHistory.objects.earliest("id")
    deep = TaskHistory.objects.filter(pk__gte=oldest.pk + TaskHistory.objects.count() // 10)
    place = str(Place.of(deep.earliest("id")))
    past = {"since": f"{oldest.created_at:%Y-%m-%d}"}
    return {
        "home": HOME,
        "history": TASKS,
        "deep_page": of(before=place),
        "deep_page_newer": of(after=place),
        **{f"job_{name}": of(job=name) for name in ("cleanup", "rollback_index")},
        **{f"state_{name}": of(state=name) for name in ("active", "done", "failed", "cancelled")},
        **{f"source_{name}": of(source=name) for name in ("console", "command")},
        "days": of(until=f"{oldest.created_at:%Y-%m-%d}", **past),
        "job_state_source_days": of(job="cleanup", state="failed", source="console", **past),
        "failed_deep_page": of(state="failed", before=place),
        "search_id": of(q=oldest.task_id[:8]),
        "search_who": of(q="usuario7"),
        "search_who_gone": of(q="María"),
        "search_everybody": of(q="usuario"),
        "search_code": of(q="worker_lost"),
        "search_text": of(q="la base de datos"),
        "search_nothing": of(q="no hay nada así"),
        "search_who_gone_failed": of(q="María", state="failed"),
        "search_text_deep_page": of(q="la base de datos", before=place),
    }


class _Visitor:
    """A superuser's browser on one connection."""

    def __init__(self, port: int) -> None:
        from django.contrib.auth import get_user_model
        from django.test import Client

        client = Client()
        client.force_login(get_user_model().objects.create_superuser("jefa"))
        session = client.cookies["sessionid"].value
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {
            "Cookie": f"sessionid={session}; csrftoken={'c' * 32}",
            "Accept": "text/html",
            "Accept-Language": "es-HN",
        }

    def get(self, address: str) -> None:
        self._connection.request("GET", address, headers=self._headers)
        self._read(address)

    def export(self) -> dict[str, float]:
        """The longest file there is: how long until its first byte and its last."""
        form = {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        self._connection.request(
            "POST", f"{TASKS}export/", urlencode({"csrfmiddlewaretoken": "c" * 32}), form
        )
        answer = self._connection.getresponse()
        answer.read(1)
        first = time.perf_counter() - started
        size = lines = 0
        for piece in iter(lambda: answer.read(1 << 16), b""):
            size += len(piece)
            lines += piece.count(b"\n")
        assert answer.status == 200
        return {
            "lines": lines,
            "megabytes": round(size / 1e6, 1),
            "first_byte_ms": round(first * 1000, 1),
            "seconds": round(time.perf_counter() - started, 2),
        }

    def _read(self, address: str) -> None:
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200 or b'<div id="content"' not in body:
            raise RuntimeError(f"{address}: {answer.status}")


def _timed(visit: _Visitor, address: str, requests: int) -> list[float]:
    """Milliseconds that each request took, sorted; the first few do not count."""
    took = []
    for _turn in range(min(WARM_UP, requests) + requests):
        started = time.perf_counter()
        visit.get(address)
        took.append((time.perf_counter() - started) * 1000)
    return sorted(took[-requests:])


def _percentile(took: list[float], share: float) -> float:
    return round(took[min(len(took) - 1, int(len(took) * share))], 1)


if __name__ == "__main__":
    sys.exit(main())
