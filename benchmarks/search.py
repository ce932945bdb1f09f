"""How long does an answer take, without any cache?

    python benchmarks/search.py [--csv FILE] [--queries FILE] [--engine tantivy]

Prints one JSON line. The catalogue is the official tariff where a file is given or stands beside
the repository, else the built-in one with synthetic lines up to the same number; either has the
lexicon's keywords. An answer is that of GET /api/search/ in this process: middleware, search, the
count of the query in the database and JSON; nothing is kept and nobody limited. ``search_p95_ms``
is the search alone. The peer is a bare query of the same engine, in the same run: one term, ten
hits, nothing weighed or put right.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

TARGET_MS = 20.0
# Lines of the official tariff.
LINES = 7_494
SHARED = ROOT.parent / "shared" / "data" / "arancel_hn_2022.csv"
QUERIES = ROOT / "benchmarks" / "crosscheck_queries.json"
ADDRESS = "/api/search/"


def main() -> int:
    parser = argparse.ArgumentParser(description="How long does an answer take?")
    parser.add_argument("--csv", type=Path, help="the official tariff")
    parser.add_argument("--queries", type=Path, default=QUERIES, help="judged queries")
    parser.add_argument("--engine", choices=("tantivy", "elasticsearch"), default="tantivy")
    parser.add_argument("--rounds", type=int, default=5, help="over all queries (5)")
    parser.add_argument("--synthetic", type=int, help="this many synthetic lines and no others")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sicargabox-benchmark-") as var:
        os.environ.update(
            VAR_DIR=var, DATABASE_URL=f"sqlite:///{var}/benchmark.sqlite3", LOG_LEVEL="ERROR",
            SECRET_KEY="benchmark" * 8, SEARCH_ENGINE=options.engine,
            API_SEARCHES_PER_MINUTE="0", DJANGO_SETTINGS_MODULE="sicargabox.settings",
        )  # fmt: skip
        print(json.dumps(_measure(options)))
    return 0


def _measure(options: argparse.Namespace) -> dict:
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    dummy = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    settings.CACHES = dict.fromkeys(settings.CACHES, dummy)
    call_command("migrate", verbosity=0)
    from micasillero.catalog.models import PartidaArancelaria
    from micasillero.quality.judged import read_judged
    from micasillero.search.rebuild import rebuild_index
    from micasillero.work import SilentWork

    source = _load(options)
    rebuild_index(work=SilentWork(), token="benchmark")
    texts = [query.query for query in read_judged(options.queries)]
    times = _timed(texts, options.rounds)
    p50 = {name: statistics.median(some) for name, some in times.items()}
    p95 = {name: statistics.quantiles(some, n=20)[-1] for name, some in times.items()}
    return {
        "benchmark": "search",
        "engine": options.engine,
        "catalogue": source,
        "documents": PartidaArancelaria.objects.leaves().count(),
        "queries": len(texts),
        "p50_ms": round(p50["api"], 2),
        "p95_ms": round(p95["api"], 2),
        "max_ms": round(max(times["api"]), 2),
        "search_p50_ms": round(p50["search"], 2),
        "search_p95_ms": round(p95["search"], 2),
        "peer_p50_ms": round(p50["peer"], 2),
        "ratio": round(p50["api"] / p50["peer"], 1),
        "target_ms": TARGET_MS,
        "load": round(os.getloadavg()[0], 2),
        "met": p95["api"] <= TARGET_MS,
    }


def _load(options: argparse.Namespace) -> str:
    """Fill the catalogue and its keywords; returns what it is."""
    from micasillero.catalog.builtin import load_builtin
    from micasillero.catalog.importing import import_file
    from micasillero.catalog.models import PartidaArancelaria
    from micasillero.catalog.seeding import seed
    from micasillero.generation.run import generate
    from micasillero.generation.scope import Scope
    from micasillero.work import SilentWork

    official = options.csv or (SHARED if SHARED.exists() else None)
    if options.synthetic:
        seed(options.synthetic)
        return "synthetic"
    if official:
        import_file(official)
    else:
        load_builtin()
        seed(LINES - PartidaArancelaria.objects.leaves().count())
    generate(SilentWork(), scope=Scope())
    return "official" if official else "built-in and synthetic"


def _timed(texts: list[str], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each answer of the API, each search and each query of the peer."""
    from django.test import Client

    from micasillero.search.engines import get_engine
    from micasillero.search.intent import Wanted
    from micasillero.search.query import search

    engine, client = get_engine(), Client(headers={"host": "localhost"})
    bare = Wanted(groups=({"zapat": 1.0},), phrases={}, changed=False)
    ways: dict[str, Callable[[str], object]] = {
        "api": lambda text: client.get(ADDRESS, {"q": text}),
        "search": lambda text: search(text, 10),
        "peer": lambda text: engine.search(engine.alias, bare, 10),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for text in texts:
            for name, way in ways.items():
                began = time.perf_counter()
                way(text)
                if number:  # the first round warms up
                    times[name].append((time.perf_counter() - began) * 1000)
    assert client.get(ADDRESS, {"q": texts[0]}).status_code == 200
    return times


if __name__ == "__main__":
    sys.exit(main())
