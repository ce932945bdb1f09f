"""`manage.py sync_index` as a process: signals and outages of real servers."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import started
from tests.support.servers import PostgresServer

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def process(tmp_path):
    """Start manage.py with an environment of its own; ends with the test."""
    begun = []
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "sicargabox.settings",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/sync.sqlite3",
        "SEARCH_ENGINE": "tantivy",
    }

    def start(*arguments, wait=False, **more):
        command = [sys.executable, "manage.py", *arguments]
        running = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**env, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        begun.append(running)
        if wait:
            output, _ = running.communicate(timeout=60)
            assert running.returncode == 0, output
            return output
        return running

    yield start
    for running in begun:
        if running.poll() is None:
            running.kill()
        running.communicate()


# The process ends itself 1.5 s after the signal whatever it does; the rest is a busy machine's.
SOON = 5.0


def handles(running, number):
    """Whether the process has a handler of its own for the signal; fails once it has ended."""
    assert running.poll() is None
    status = Path(f"/proc/{running.pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return int(caught.split()[1], 16) >> (number - 1) & 1


def ends_within(running, seconds):
    began = time.monotonic()
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=10) == 0
    return time.monotonic() - began < seconds


def test_sigterm_ends_it_soon(process):
    process("migrate", "-v0", wait=True)
    running = process("sync_index")
    deadline = time.monotonic() + 60
    while not handles(running, signal.SIGTERM):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert ends_within(running, SOON)


def test_sigterm_ends_it_even_while_the_engine_hangs(process):
    """Something listens and never answers: the request alone would wait for 30 s."""
    process("migrate", "-v0", wait=True)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        running = process("sync_index", SEARCH_ENGINE="elasticsearch", ELASTICSEARCH_URL=address)
        silent.settimeout(20)
        connection, _ = silent.accept()
        assert ends_within(running, SOON)
        connection.close()


def test_it_survives_an_outage_of_the_database(process):
    server = started(PostgresServer())
    try:
        url = server.create_database("outage")
        where = {"DATABASE_URL": url}
        process("migrate", "-v0", wait=True, **where)
        process("seed_catalog", "--items", "100", wait=True, **where)
        rebuild = (
            "from micasillero.search.rebuild import rebuild_index as r;"
            "from micasillero.work import SilentWork as W; r(work=W(), token='a')"
        )
        process("shell", "-v0", "-c", rebuild, wait=True, **where)
        running = process("sync_index", **where)
        time.sleep(3)
        server.kill()
        time.sleep(2)
        server.start()
        change = (
            "from micasillero.catalog.models import PartidaArancelaria as P;"
            "P.objects.filter(pk=P.objects.leaves().first().pk).update(descripcion='Pararrayos')"
        )
        process("shell", "-v0", "-c", change, wait=True, **where)
        until = time.monotonic() + 60
        while "Pararrayos" not in process("search", "pararrayos", wait=True, **where):
            assert time.monotonic() < until
        assert ends_within(running, SOON)
        said = running.stdout.read()
        assert "sync_index waits: the database" in said
        assert "sync_index works again" in said
        assert "Traceback" not in said
    finally:
        server.close()
