"""How long does an answer take, without any cache?

    python benchmarks/search.py [--csv FILE --queries FILE] [--engine tantivy]

Prints one JSON line. Without files the built-in catalogue is asked for its own descriptions. The
peer is a bare query of the same engine, in the same run: one term, ten hits, nothing weighed or put
right.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

TARGET_MS = 20.0


def main() -> int:
    parser = argparse.ArgumentParser(description="How long does an answer take?")
    parser.add_argument("--csv", type=Path, help="the official tariff")
    parser.add_argument("--queries", type=Path, help="judged queries")
    parser.add_argument("--engine", choices=("tantivy", "elasticsearch"), default="tantivy")
    parser.add_argument("--rounds", type=int, default=5, help="over all queries (5)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sicargabox-benchmark-") as var:
        os.environ.update(
            VAR_DIR=var, DATABASE_URL=f"sqlite:///{var}/benchmark.sqlite3", LOG_LEVEL="ERROR",
            SECRET_KEY="benchmark" * 8, SEARCH_ENGINE=options.engine,
            DJANGO_SETTINGS_MODULE="sicargabox.settings",
        )  # fmt: skip
        print(json.dumps(_measure(options)))
    return 0


def _measure(options: argparse.Namespace) -> dict:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from micasillero.catalog.builtin import load_builtin
    from micasillero.catalog.importing import import_file
    from micasillero.catalog.models import PartidaArancelaria
    from micasillero.generation.run import Scope, generate
    from micasillero.quality.judged import read_judged
    from micasillero.search.engines import get_engine
    from micasillero.search.intent import Wanted
    from micasillero.search.query import search
    from micasillero.search.rebuild import rebuild_index
    from micasillero.work import SilentWork

    import_file(options.csv) if options.csv else load_builtin()
    generate(SilentWork(), scope=Scope())
    rebuild_index(work=SilentWork(), token="benchmark")
    leaves = PartidaArancelaria.objects.leaves()
    texts = (
        [query.query for query in read_judged(options.queries)]
        if options.queries
        else list(leaves.values_list("descripcion", flat=True)[:200])
    )
    engine = get_engine()
    bare = Wanted(groups=({"zapat": 1.0},), phrases={}, changed=False)
    ours, peer = [], []
    for number in range(options.rounds + 1):
        for text in texts:
            began = time.perf_counter()
            search(text, 10)
            asked = time.perf_counter()
            engine.search(engine.alias, bare, 10)
            if number:  # the first round warms up
                ours.append((asked - began) * 1000)
                peer.append((time.perf_counter() - asked) * 1000)
    p95 = statistics.quantiles(ours, n=20)[-1]
    return {
        "benchmark": "search",
        "engine": options.engine,
        "documents": leaves.count(),
        "queries": len(texts),
        "p50_ms": round(statistics.median(ours), 2),
        "p95_ms": round(p95, 2),
        "max_ms": round(max(ours), 2),
        "peer_p50_ms": round(statistics.median(peer), 2),
        "ratio": round(statistics.median(ours) / statistics.median(peer), 1),
        "target_ms": TARGET_MS,
        "load": round(os.getloadavg()[0], 2),
        "met": p95 <= TARGET_MS,
    }


if __name__ == "__main__":
    sys.exit(main())
