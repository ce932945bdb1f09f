"""Each benchmark runs and prints its one line. How fast things are is no matter of the suite."""

import functools
import json
import os
import subprocess
import sys

import pytest

from tests.conftest import missing
from tools.spawned import REPOSITORY

RUNS = {
    "rebuild": ["--items", "200", "--rounds", "1"],
    "progress": ["--calls", "2000", "--rounds", "1", "--seconds", "0.5", "--peer-calls", "5",
                 "--database", "sqlite", "--no-index"],
    "live": ["--sockets", "4", "--rounds", "1", "--seconds", "1", "--database", "sqlite"],
    "launch": ["--requests", "8", "--rounds", "1", "--database", "sqlite"],
    "search": ["--synthetic", "200", "--rounds", "1"],
    "dashboard": ["--events", "2000", "--requests", "2", "--clients", "4"],
    "history": ["--rows", "2000", "--requests", "2", "--peer-requests", "1"],
    "ingest": ["--requests", "8", "--rounds", "1", "--waiting", "500", "--stored", "250"],
    "rules": ["--texts", "200", "--peer-texts", "20", "--rounds", "1", "--database", "sqlite"],
}  # fmt: skip
OURS = ("DATABASE_URL", "REDIS_URL", "VAR_DIR", "ELASTICSEARCH_URL", "DJANGO_SETTINGS_MODULE")


@functools.cache
def line_of(name):
    env = {key: value for key, value in os.environ.items() if key not in OURS}
    done = subprocess.run(
        [sys.executable, f"benchmarks/{name}.py", *RUNS[name]],
        capture_output=True, text=True, cwd=REPOSITORY, env=env, timeout=120,
    )  # fmt: skip
    if "Unavailable" in done.stderr:
        missing(done.stderr.splitlines()[-1])
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    return json.loads(line)


@pytest.mark.parametrize("name", RUNS)
def test_it_prints_one_json_line(name):
    assert line_of(name)["benchmark"] == name


def test_progress_counts_the_writes_and_sees_the_first_and_the_last():
    told = line_of("progress")
    assert told["row_writes"] >= 1
    assert told["row_writes_most_in_a_second"] <= 4
    # Whether the first came soon enough is the benchmark's own matter ("first_written").
    assert told["first_write_done"] >= 1
    assert told["last_written"] is True
    assert 0 < told["report_us"] < told["update_state_us"]


def test_live_hears_of_every_write_at_every_socket():
    told = line_of("live")
    assert (told["refused"], told["closed"]) == (0, 0)
    assert told["messages"] >= 1
    assert 0 < told["p50_ms"] <= told["p95_ms"] <= told["max_ms"] < float("inf")
