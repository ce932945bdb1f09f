"""Sockets on a real server: idle ones, and clients that never read (a thousand in `make soak`)."""

import json
import os
import resource
import sys
import threading
import time
from contextlib import ExitStack

import psutil
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import F

from admintools.jobs import hints
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, TaskHistory
from tests.conftest import missing
from tests.support import product
from tests.support.crowd import Crowd
from tests.support.visitor import Visitor
from tools.spawned import free_port

SOAK = os.environ.get("SOAK") == "1"
ALL = "/ws/admin/tasks/"
DEAF = 1_000 if SOAK else 300
DEAF_SECONDS = 120.0 if SOAK else 8.0
MESSAGE = 20_000
# What a socket that does not read may cost: uvicorn takes up to 64 kB and one message more, and
# the outbox keeps the newest state of each run.
MOST_EACH = 200_000
IDLE_SECONDS = 600.0 if SOAK else 4.0
SECOND_CROWDS = 3 if SOAK else 0
# Beside the deaf, on two cores that share them with other tests.
SERVED_WITHIN = 5.0


def answered(joined):
    """The pong to a ping, whatever is sent before it."""
    joined.send(json.dumps({"type": "ping"}))
    while True:
        message = joined.recv(timeout=SERVED_WITHIN)
        if "pong" in message:
            return message


@pytest.fixture
def boss(transactional_db):
    return get_user_model().objects.create_superuser("boss")


def test_an_idle_socket_stays_open(site, boss):
    """Row 20: the server's pings keep it, many times over what a ping may take."""
    port = free_port()
    beat = "20" if SOAK else "0.5"
    command = [sys.executable, "-m", "uvicorn", "sicargabox.asgi:application", "--port", str(port)]
    command += ["--ws", "websockets-sansio", "--lifespan", "off"]
    command += ["--ws-ping-interval", beat, "--ws-ping-timeout", beat]
    env = {**site.env, "SOCKET_SNAPSHOT_SECONDS": "100000", "SOCKET_RECHECK_SECONDS": "100000"}
    server = site._keep(
        product.Spawned(command, log=site.directory / "idle.log", env=product.environment(env))
    )
    url = f"http://127.0.0.1:{port}"
    server.wait_until(lambda: product._answers(f"{url}/healthz"), "answering", timeout=40)
    with Visitor(url, boss).socket(ALL, ping_interval=None) as joined:
        with pytest.raises(TimeoutError):
            joined.recv(timeout=IDLE_SECONDS)
        assert json.loads(answered(joined)) == {"type": "pong"}


# --- clients that never read ------------------------------------------------------------------
@pytest.fixture
def many_files():
    """As many sockets here as in the server, which inherits the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, 4096) if hard == resource.RLIM_INFINITY else min(max(soft, 4096), hard)
    if wanted < DEAF + 500:
        missing(f"no more than {hard} files may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Updates(threading.Thread):
    """Writes a run with a long message four times a second, and tells it, as a worker would."""

    def __init__(self, run):
        super().__init__(daemon=True)
        self.run_pk, self.over, self.told = run.pk, threading.Event(), 0

    def run(self):
        while not self.over.wait(0.25):
            row = TaskHistory.objects.filter(pk=self.run_pk)
            row.update(seq=F("seq") + 1, message="x" * MESSAGE)
            hints.tell(row.get())
            self.told += 1
        connection.close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


def memory(web):
    return psutil.Process(web.pid).memory_info().rss


def connections_of(web, url):
    """Those that came in: how many it holds to its database is another matter."""
    port = int(url.rpartition(":")[2])
    return sum(c.laddr.port == port for c in psutil.Process(web.pid).net_connections("tcp"))


def listen(reader, seconds):
    """(messages heard, the longest wait for one)."""
    began, heard, longest = time.monotonic(), 0, 0.0
    while time.monotonic() - began < seconds:
        asked = time.monotonic()
        reader.recv(timeout=10)
        longest, heard = max(longest, time.monotonic() - asked), heard + 1
    return heard, longest


def wait(condition, reader, seconds=60):
    """Reading all the while: whoever does not is deaf too, and closed after the server's ping."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        listen(reader, 0.2)


def test_many_sockets_that_never_read(site, many_files, boss):
    """Memory stays bounded, everybody else is served in time, and all of it is given back."""
    site.env["SOCKET_RECHECK_SECONDS"] = "60"
    web, url = site.web()
    visitor = Visitor(url, boss)
    run = launch("cleanup", initiator=Initiator(Source.COMMAND, name="x"))
    status = f"/admin/elasticsearch/task-status/{run.task_id}/"
    with ExitStack() as stack:
        reader = stack.enter_context(visitor.socket(ALL, ping_interval=None))
        answered(reader)
        before, alone = memory(web), connections_of(web, url)
        with Crowd(url + ALL, visitor.headers["Cookie"], DEAF):
            assert connections_of(web, url) >= DEAF
            updates = stack.enter_context(Updates(run))
            heard, longest = listen(reader, DEAF_SECONDS)
            told, peak = updates.told, memory(web)
            newcomer = seconds_of(lambda: comes_in(visitor))
            page = seconds_of(lambda: visitor.get(status))
        wait(lambda: connections_of(web, url) <= alone + 5, reader)
        for _ in range(SECOND_CROWDS):
            with Crowd(url + ALL, visitor.headers["Cookie"], DEAF):
                listen(reader, 4)
            wait(lambda: connections_of(web, url) <= alone + 5, reader)
        again, (after, _) = memory(web), listen(reader, 2)
    each = (peak - before) / DEAF
    print(
        f"\n{told} messages of {MESSAGE} B to {DEAF} deaf sockets: RSS {before / 1e6:.0f} MB -> "
        f"{peak / 1e6:.0f} MB, {each / 1e3:.0f} kB each; after they went {again / 1e6:.0f} MB; "
        f"the reader heard {heard}, longest wait {longest:.2f} s; a newcomer's pong after "
        f"{newcomer:.2f} s, a status after {page:.2f} s"
    )
    assert told * MESSAGE > 2 * MOST_EACH
    assert each < MOST_EACH
    assert again < peak + 0.3 * (peak - before)
    assert heard > DEAF_SECONDS
    assert max(longest, newcomer, page) < SERVED_WITHIN
    assert after > 4


def comes_in(visitor):
    with visitor.socket(ALL) as joined:
        answered(joined)


def seconds_of(action):
    began = time.monotonic()
    action()
    return time.monotonic() - began
