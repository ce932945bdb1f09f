"""The whole suite, as four runs of pytest: `make test`, or python tests/run.py [pytest options].

fast       everything but live and e2e, on SQLite; under REQUIRE_ALL=1 without those that come
           again on PostgreSQL and ask either in the same way (tests/plain_once.py)
database   the database tests among them again, on PostgreSQL
live       real broker, worker, Elasticsearch; on PostgreSQL where there is one, else on SQLite
e2e        a real browser; alone, since Playwright leaves an event loop running

What needs a missing server is skipped with its reason, or fails when REQUIRE_ALL=1. With
--only RUN just that one. Exit code 0 when every run succeeded, else 1.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.servers import (  # noqa: E402
    SHARED_NODE,
    Failed,
    PostgresServer,
    Unavailable,
)
from tools.elasticsearch_node import Node, external_url  # noqa: E402

APART = ["--ignore=tests/live", "--ignore=tests/e2e"]
# Files side by side. All wait now and then, for processes to start, leases to expire or threads:
# three at a time fill the two cores that we count on.
BY_FILE = ["--dist", "loadfile", "--no-loadscope-reorder", "-p", "tests.by_file"]
THREE = ["-n", "3", *BY_FILE]
# What asks the database in a few plain ways: in CI, where PostgreSQL is sure to be there, once.
PLAIN_ONCE = ["-p", "tests.plain_once"]
NOTHING_COLLECTED = 5
# Hundreds of processes start in here: none of them needs to compile again what another did.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=RUNS, help="just this run")
    options, extra = parser.parse_known_args()
    results = []
    for name in [options.only] if options.only else RUNS:
        print(f"\n=== {name} ===", flush=True)
        began = time.monotonic()
        outcome = RUNS[name](extra)
        results.append((name, outcome, time.monotonic() - began))
    print("\n=== summary ===")
    for name, outcome, seconds in results:
        print(f"{name:<10} {outcome:<40} {seconds:6.1f} s")
    return int(any(outcome.startswith("FAILED") for _, outcome, _ in results))


def fast(extra: list[str]) -> str:
    once = PLAIN_ONCE if os.environ.get("REQUIRE_ALL") == "1" else []
    return run_pytest([*THREE, *once, *APART, *chosen("tests", extra)], on_sqlite())


def database(extra: list[str]) -> str:
    arguments = [*THREE, "-p", "tests.database_only", *APART, *chosen("tests", extra)]
    return on_postgres(arguments, otherwise=lambda reason: f"skipped: {reason}")


def live(extra: list[str]) -> str:
    arguments = [*THREE, *chosen("tests/live", extra)]
    with ExitStack() as servers:
        if arguments[-1] == "tests/live" and not external_url():
            # One for all three, which use aliases of their own: each start costs as much as
            # twenty tests. Where none can run, the tests that want one say why.
            with suppress(Unavailable):
                os.environ[SHARED_NODE] = servers.enter_context(Node()).url
        # Production runs on PostgreSQL; a machine without one tries the rest all the same.
        return on_postgres(arguments, otherwise=lambda _: run_pytest(arguments, on_sqlite()))


def on_postgres(arguments: list[str], otherwise: Callable[[Unavailable], str]) -> str:
    """Run pytest on the PostgreSQL of DATABASE_URL, else on one of our own."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return run_pytest(arguments, os.environ)
    try:
        with PostgresServer() as server:
            url = server.create_database("sicargabox")
            return run_pytest(arguments, {**os.environ, "DATABASE_URL": url})
    except Unavailable as reason:
        if os.environ.get("REQUIRE_ALL") == "1":
            return f"FAILED: REQUIRE_ALL=1, and {reason}"
        return otherwise(reason)
    except Failed as error:
        return f"FAILED: {error}"


def e2e(extra: list[str]) -> str:
    return run_pytest([*THREE, "--dist", "worksteal", *chosen("tests/e2e", extra)], on_sqlite())


RUNS = {"fast": fast, "database": database, "live": live, "e2e": e2e}


def chosen(folder: str, extra: list[str]) -> list[str]:
    """The caller's paths in place of the whole folder, where there are any."""
    if any(word.startswith("tests/") for word in extra):
        return extra
    return [folder, *extra]


def on_sqlite() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}


def run_pytest(arguments: list[str], env: Mapping[str, str]) -> str:
    done = subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=env)
    if done.returncode == 0:
        return "passed"
    # With a selection of the caller's own (-k, a path) a run may rightly be empty.
    if done.returncode == NOTHING_COLLECTED and len(sys.argv) > 1:
        return "nothing selected"
    return f"FAILED: pytest ended with {done.returncode}"


if __name__ == "__main__":
    sys.exit(main())
