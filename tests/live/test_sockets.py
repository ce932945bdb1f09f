"""Sockets on a real server: who is shown out and when, and a thousand clients that never read."""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager

import psutil
import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import F
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from admintools.jobs import hints
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, TaskHistory
from tests.conftest import missing
from tests.support import product
from tests.support.crowd import Crowd
from tools.spawned import free_port

SOAK = os.environ.get("SOAK") == "1"
ALL = "/ws/admin/tasks/"
RECHECK = 45.0 if SOAK else 1.0
DEAF = 1_000
DEAF_SECONDS = 120.0 if SOAK else 8.0
MESSAGE = 20_000
# What a socket that does not read may cost: uvicorn takes up to 64 kB and one message more, and
# the outbox keeps the newest state of each run.
MOST_EACH = 200_000
IDLE_SECONDS = 600.0 if SOAK else 4.0
SECOND_CROWDS = 3 if SOAK else 0


def cookie_of(user):
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


@contextmanager
def opened(url, path=ALL, *, cookie="", origin=""):
    """A socket; ``origin`` "" is the page's own, None none at all."""
    with connect(
        url.replace("http://", "ws://") + path,
        origin=url if origin == "" else origin,
        additional_headers={"Cookie": cookie} if cookie else {},
        ping_interval=None,
    ) as joined:
        yield joined


def answered(joined):
    """The pong to a ping, whatever is sent before it."""
    joined.send(json.dumps({"type": "ping"}))
    while True:
        message = joined.recv(timeout=5)
        if "pong" in message:
            return message


def close_code(joined, seconds):
    """The code with which the server closes it, whatever it sends before."""
    deadline = time.monotonic() + seconds
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            joined.recv(timeout=deadline - time.monotonic())
    return closed.value.rcvd.code


@pytest.fixture
def url(site):
    site.env["SOCKET_RECHECK_SECONDS"] = str(RECHECK)
    return site.web()[1]


@pytest.fixture
def staff(transactional_db):
    """Makes a staff user who may watch."""

    def make(name):
        user = get_user_model().objects.create_user(name, is_staff=True)
        user.user_permissions.add(Permission.objects.get(codename="view_console"))
        return user

    return make


@pytest.fixture
def ana(staff):
    return staff("ana")


# --- who gets in, who is shown out ------------------------------------------------------------
def test_the_recheck_comes_within_a_minute_by_default():
    """Row 21: what the tests below scale down."""
    env = {k: v for k, v in os.environ.items() if k != "SOCKET_RECHECK_SECONDS"}
    code = "from sicargabox import settings; print(settings.SOCKET_RECHECK_SECONDS)"
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert 0 < float(told.stdout) <= 60, told.stderr


FOREIGN = ["https://evil.example", "null", "http://127.0.0.1.evil.example", None]


def test_a_foreign_page_opens_no_socket_whoever_is_logged_in(url, ana):
    """Nor does a request without an origin: every browser sends one."""
    cookie = cookie_of(ana)
    for origin in FOREIGN:
        with pytest.raises(InvalidStatus) as refused, opened(url, cookie=cookie, origin=origin):
            pass
        assert refused.value.response.status_code == 403, origin


def take_permission(user, _cookie):
    user.user_permissions.clear()


def log_out(_user, cookie):
    Session.objects.filter(pk=cookie.partition("=")[2]).delete()


def deactivate(user, _cookie):
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)


def demote(user, _cookie):
    get_user_model().objects.filter(pk=user.pk).update(is_staff=False)


def change_password(user, _cookie):
    user.set_password("another")
    user.save()


ACTS = {
    take_permission: 4403,
    demote: 4403,
    log_out: 4401,
    deactivate: 4401,
    change_password: 4401,
}


def test_who_may_no_longer_watch_is_shown_out_mid_session(url, staff):
    """Row 21, on both kinds of socket; who still may stays."""
    run = launch("cleanup", initiator=Initiator(Source.COMMAND, name="x"))
    with ExitStack() as stack:
        joined = {}
        for act in [*ACTS, None]:
            user = staff(act.__name__ if act else "stays")
            cookie = cookie_of(user)
            both = [
                stack.enter_context(opened(url, path, cookie=cookie))
                for path in (ALL, f"{ALL}{run.task_id}/")
            ]
            joined[act] = (user, cookie, both)
        for _, _, both in joined.values():
            assert {json.loads(each.recv(timeout=5))["task_id"] for each in both} == {run.task_id}
        for act in ACTS:
            act(*joined[act][:2])
        began = time.monotonic()
        codes = {act: [close_code(each, RECHECK + 5) for each in joined[act][2]] for act in ACTS}
        assert codes == {act: [code, code] for act, code in ACTS.items()}
        assert time.monotonic() - began < RECHECK + 3
        for each in joined[None][2]:
            assert json.loads(answered(each))["type"] == "pong"


def test_an_idle_socket_stays_open(site, ana):
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
    with opened(url, cookie=cookie_of(ana)) as joined:
        with pytest.raises(TimeoutError):
            joined.recv(timeout=IDLE_SECONDS)
        assert json.loads(answered(joined)) == {"type": "pong"}


# --- clients that never read ------------------------------------------------------------------
@pytest.fixture
def many_files():
    """A thousand sockets here and a thousand in the server, which inherits the limit."""
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


def connections_of(web):
    return len(psutil.Process(web.pid).net_connections("tcp"))


def listen(reader, seconds):
    """(messages heard, the longest wait for one)."""
    began, heard, longest = time.monotonic(), 0, 0.0
    while time.monotonic() - began < seconds:
        asked = time.monotonic()
        reader.recv(timeout=10)
        longest, heard = max(longest, time.monotonic() - asked), heard + 1
    return heard, longest


def wait(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_thousand_sockets_that_never_read(site, many_files, ana):
    """Memory stays bounded, whoever reads is served in time, and all of it is given back."""
    site.env["SOCKET_RECHECK_SECONDS"] = "60"
    web, url = site.web()
    cookie = cookie_of(ana)
    run = launch("cleanup", initiator=Initiator(Source.COMMAND, name="x"))
    with ExitStack() as stack:
        reader = stack.enter_context(opened(url, cookie=cookie))
        answered(reader)
        before, alone = memory(web), connections_of(web)
        with Crowd(url + ALL, cookie, DEAF):
            assert connections_of(web) >= DEAF
            updates = stack.enter_context(Updates(run))
            heard, longest = listen(reader, DEAF_SECONDS)
            told, peak = updates.told, memory(web)
        wait(lambda: connections_of(web) <= alone + 5)
        for _ in range(SECOND_CROWDS):
            with Crowd(url + ALL, cookie, DEAF):
                listen(reader, 4)
            wait(lambda: connections_of(web) <= alone + 5)
        again, (after, _) = memory(web), listen(reader, 2)
    each = (peak - before) / DEAF
    print(
        f"\n{told} messages of {MESSAGE} B to {DEAF} deaf sockets: RSS {before / 1e6:.0f} MB -> "
        f"{peak / 1e6:.0f} MB, {each / 1e3:.0f} kB each; after they went {again / 1e6:.0f} MB; "
        f"the reader heard {heard}, longest wait {longest:.2f} s"
    )
    assert told * MESSAGE > 2 * MOST_EACH
    assert each < MOST_EACH
    assert again < peak + 0.3 * (peak - before)
    assert heard > DEAF_SECONDS
    assert longest < 5
    assert after > 4
