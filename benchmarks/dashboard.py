"""How long does the dashboard of the day take, and how often is it counted when many look at once?

    python benchmarks/dashboard.py --events 1000000

Prints one JSON line, for so many events on PostgreSQL, a twentieth of them of today, and a real
Redis. `hit_*` and `miss_*` are of the cached function and, over HTTP with a session, of the page.
Then so many clients ask two web processes for the page at once: with old figures in the cache and
with none. The peer is the same page with Django's `cache.get_or_set`, whose figures have run out.
`ratio` is the peer's counts by ours.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import Ground, ground, load, uvicorn

PAGE = "/admin/elasticsearch/dashboard/"
PRODUCT, PEER = "benchmarks.dashboard_counted:application", "benchmarks.dashboard_peer:application"
# In the cache's database: how often a web process has counted.
COUNTS = "benchmark:counts"
MISSES = 5
WARM_UP = 5


def main() -> int:
    parser = argparse.ArgumentParser(description="How long does the dashboard take?")
    parser.add_argument("--events", type=int, default=1_000_000, help="(1000000)")
    parser.add_argument("--requests", type=int, default=300, help="hits of each kind (300)")
    parser.add_argument("--clients", type=int, default=100, help="at once (100)")
    options = parser.parse_args()
    with ground("postgres") as place:
        print(json.dumps(_measure(options, place)))
    return 0


def _measure(options: argparse.Namespace, place: Ground) -> dict:
    from django.core.management import call_command

    from benchmarks.dashboard_rows import fill

    call_command("collectstatic", verbosity=0, interactive=False)
    fill(options.events)
    headers = _session()
    found = _function(options.requests)
    with uvicorn(place, PRODUCT) as (_web, one), uvicorn(place, PRODUCT) as (_other, two):
        found |= _page(_Client(one, headers), options.requests)
        _grow_old()
        counts, seconds = _at_once(place, _crowd(options.clients, one, two, headers))
        _forget()
        counts_cold, seconds_cold = _at_once(place, _crowd(options.clients, one, two, headers))
    with uvicorn(place, PEER) as (_web, one), uvicorn(place, PEER) as (_other, two):
        peer_counts, peer_seconds = _at_once(place, _crowd(options.clients, one, two, headers))
    return {
        "benchmark": "dashboard",
        "database": "postgres",
        "events": options.events,
        "requests": options.requests,
        **found,
        "clients": options.clients,
        "web_processes": 2,
        "counts": counts,
        "all_answered_s": seconds,
        "counts_without_old_figures": counts_cold,
        "all_answered_without_old_figures_s": seconds_cold,
        "peer": "Django's cache.get_or_set",
        "peer_counts": peer_counts,
        "peer_all_answered_s": peer_seconds,
        "ratio": round(peer_counts / max(counts, counts_cold), 1),
        "load": load(),
        "met": counts == counts_cold == 1,
    }


def _session() -> dict[str, str]:
    """The headers of a superuser's browser."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.create_superuser("jefa"))
    session = client.cookies["sessionid"].value
    return {"Cookie": f"sessionid={session}", "Accept": "text/html", "Accept-Language": "es-HN"}


def _function(requests: int) -> dict[str, float]:
    """Of day_figures, in this process."""
    from django.utils import timezone

    from admintools.console.dashboard.counted import day_figures

    today = timezone.localdate()
    misses = _timed(lambda: day_figures(today), MISSES, before=_forget)
    hits = _timed(lambda: day_figures(today), requests)
    return {
        "events_of_today": sum(day_figures(today).figures["events"]["types"].values()),
        "miss_s": round(statistics.median(misses), 3),
        "hit_p50_ms": _milliseconds(hits, 0.5),
        "hit_p95_ms": _milliseconds(hits, 0.95),
    }


def _page(client: _Client, requests: int) -> dict[str, float]:
    misses = _timed(client.get, MISSES, before=_forget)
    hits = _timed(client.get, requests)
    return {
        "page_miss_s": round(statistics.median(misses), 3),
        "page_hit_p50_ms": _milliseconds(hits, 0.5),
        "page_hit_p95_ms": _milliseconds(hits, 0.95),
    }


class _Client:
    """One connection to a web process."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = headers

    def get(self) -> None:
        """The page, with its figures."""
        self._connection.request("GET", PAGE, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200 or b"<time-ago" not in body:
            raise RuntimeError(f"{PAGE}: {answer.status}")


def _crowd(clients: int, one: int, two: int, headers: dict[str, str]) -> list[_Client]:
    """So many who have not connected yet, half of them to each port."""
    return [_Client((one, two)[number % 2], headers) for number in range(clients)]


def _at_once(place: Ground, crowd: list[_Client]) -> tuple[int, float]:
    """(how often it was counted, seconds until the last one had the page)."""
    redis = place.redis.client(2)
    redis.delete(COUNTS)
    gate = threading.Barrier(len(crowd) + 1)

    def ask(client: _Client) -> None:
        gate.wait(60)
        client.get()

    with ThreadPoolExecutor(len(crowd)) as threads:
        asked = [threads.submit(ask, client) for client in crowd]
        gate.wait(60)
        began = time.perf_counter()
        for each in asked:
            each.result()
    return int(redis.get(COUNTS) or 0), round(time.perf_counter() - began, 2)


def _grow_old() -> None:
    """As if the figures had been counted two hours ago."""
    from datetime import datetime, timedelta

    from django.core.cache import caches
    from django.utils import timezone

    from admintools.console.dashboard.counted import key_of

    key = key_of(timezone.localdate())
    counted_at, figures = caches["default"].get(key)
    earlier = datetime.fromisoformat(counted_at) - timedelta(hours=2)
    caches["default"].set(key, [earlier.isoformat(), figures], None)


def _forget() -> None:
    from django.core.cache import caches

    caches["default"].clear()


def _timed(
    act: Callable[[], object], times: int, before: Callable[[], None] = lambda: None
) -> list[float]:
    """Seconds of each, sorted; the first few do not count."""
    took = []
    for _turn in range(WARM_UP + times):
        before()
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return sorted(took[-times:])


def _milliseconds(took: list[float], share: float) -> float:
    return round(took[min(len(took) - 1, int(len(took) * share))] * 1000, 2)


if __name__ == "__main__":
    sys.exit(main())
