"""How fast is a rebuild, and how close to the engine's own ceiling?

    python benchmarks/rebuild.py --items 100000 --engine elasticsearch

Prints one JSON line. The ceiling on Elasticsearch is `_bulk` of the same documents, serialised
beforehand, into an index of the same mapping and settings, one request at a time, in the same run;
the embedded engine has no such peer. Everything lives in a temporary directory and, without
ELASTICSEARCH_URL, on a node of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
ALIAS = "rebuild-benchmark"


def main() -> int:
    options = _options()
    with ExitStack() as stack:
        var = stack.enter_context(tempfile.TemporaryDirectory(prefix="sicargabox-benchmark-"))
        environment = {"VAR_DIR": var, "DATABASE_URL": f"sqlite:///{var}/benchmark.sqlite3"}
        environment |= {"SEARCH_ENGINE": options.engine, "SEARCH_ALIAS": ALIAS}
        environment |= {"SECRET_KEY": "benchmark" * 8, "LOG_LEVEL": "ERROR"}
        if options.engine == "elasticsearch" and not os.environ.get("ELASTICSEARCH_URL"):
            from tools.elasticsearch_node import Node

            node = Node(heap=options.heap, java_options="")
            environment["ELASTICSEARCH_URL"] = stack.enter_context(node).url
        os.environ.update(environment, DJANGO_SETTINGS_MODULE="sicargabox.settings")
        _fill_database(options)
        import django

        django.setup()
        stack.callback(_clean_up)
        print(json.dumps(_measure(options)))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How fast is a rebuild of the index?")
    parser.add_argument("--items", type=int, default=100_000, help="synthetic lines (100000)")
    parser.add_argument("--csv", type=Path, help="a tariff file to import instead of seeding")
    parser.add_argument("--engine", choices=("elasticsearch", "tantivy"), default="tantivy")
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many counts (3)")
    parser.add_argument("--heap", default="1g", help="of the node, when one is started (1g)")
    return parser.parse_args()


def _fill_database(options: argparse.Namespace) -> None:
    # In processes of their own: their memory must not count as the rebuild's.
    manage = [sys.executable, str(ROOT / "manage.py")]
    fill = ["seed_catalog", "--items", str(options.items)]
    if options.csv:
        fill = ["import_catalog", str(options.csv)]
    for arguments in (["migrate", "-v0"], fill):
        subprocess.run([*manage, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


def _measure(options: argparse.Namespace) -> dict:
    from micasillero.search.engines import get_engine

    engine = get_engine()
    before = _reset_peak()
    # The first one also warms the engine up; its time does not count, its memory does.
    first = _rebuild("warm")
    peak = _peak()
    documents = first["documents"]
    bodies = _bodies() if options.engine == "elasticsearch" else []
    raw, rebuilt, whole = [], [], []
    for number in range(options.rounds):
        if bodies:
            raw.append(_raw(engine, bodies))
        result = _rebuild(f"r{number}")
        rebuilt.append(result["until_swap"])
        whole.append(result["seconds"])
    seconds = statistics.median(rebuilt)
    figures = {
        "benchmark": "rebuild",
        "engine": options.engine,
        "documents": documents,
        "rounds": options.rounds,
        "seconds": round(seconds, 3),
        "seconds_with_catch_up": statistics.median(whole),
        "documents_per_second": round(documents / seconds),
        "first_seconds": first["seconds"],
        "peak_rss_mb": round(peak / 1e6, 1),
        "peak_anonymous_mb": round(first["anonymous"] / 1e6, 1),
        "rss_before_mb": round(before / 1e6, 1),
    }
    if raw:
        ceiling = statistics.median(raw)
        figures |= {
            "raw_bulk_seconds": round(ceiling, 3),
            "raw_bulk_documents_per_second": round(documents / ceiling),
            "ratio": round(ceiling / seconds, 3),
        }
    return figures


def _rebuild(token: str) -> dict:
    from micasillero.search.rebuild import rebuild_index
    from micasillero.work import SilentWork

    class Clock(SilentWork):
        """Notes when the swap was done, and the most memory that is not mapped files.

        The peak of RSS counts pages of the index that tantivy has mapped. They are page cache,
        which the kernel takes back when it needs room; the anonymous part is what must fit.
        """

        swapped_at = 0.0
        anonymous = 0

        def report(
            self, done: int, total: int | None = None, message: str = "", **_told: object
        ) -> None:
            self.anonymous = max(self.anonymous, _status("RssAnon"))

        def confirm(self) -> None:
            self.swapped_at = time.perf_counter()

    clock = Clock()
    started = time.perf_counter()
    result = rebuild_index(work=clock, token=token)
    return {
        **result,
        "until_swap": clock.swapped_at - started,
        "anonymous": clock.anonymous,
    }


def _bodies() -> list[bytes]:
    """The documents as bulk bodies of the writer's own size."""
    from micasillero.search.engines.elasticsearch_bulk import index_operation
    from micasillero.search.reading import all_lines

    return [b"".join(index_operation(line).body for line in chunk) for chunk in all_lines()]


def _raw(engine, bodies: list[bytes]) -> float:
    """Seconds to send the bodies one after the other and make them searchable."""
    from micasillero.search.engines.elasticsearch_index import BUILDING_SETTINGS, mappings

    index = f"{ALIAS}-raw"
    started = time.perf_counter()
    engine.client.indices.create(
        index=index, mappings=mappings("raw"), settings={"index": BUILDING_SETTINGS}
    )
    for body in bodies:
        answer = engine.client.perform_request(
            "POST",
            f"/{index}/_bulk",
            params={"filter_path": "errors"},
            headers={"accept": "application/json", "content-type": "application/x-ndjson"},
            body=body,
        )
        assert not answer.body["errors"]
    engine.client.indices.refresh(index=index)
    seconds = time.perf_counter() - started
    engine.client.indices.delete(index=index)
    return seconds


def _clean_up() -> None:
    from micasillero.search.engines import get_engine

    engine = get_engine()
    if engine.name == "elasticsearch":
        for index in engine.indices():
            engine.client.indices.delete(index=index.name)


def _reset_peak() -> int:
    """Forget the peak so far; returns the memory in use now, in bytes."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {name}")


if __name__ == "__main__":
    sys.exit(main())
