"""A process that has the libraries of the product loaded, and forks the product's processes.

Run by tests.support.forked as a program with one argument, the number of a socket. A request there
is JSON of argv, env and cwd, with three files: the log, a pipe for the pid and later the exit code,
and the reaper's pipe. It ends when the socket does.

Nothing of ours and no settings are loaded before the fork: each process reads its environment as
if it had been started from a shell, leads a session of its own and has no other files open. The
processes of one installation have one environment: for them there is a nursery of its own, forked
off this one, which has read that environment and loaded Django.
"""

import gc
import importlib
import json
import os
import runpy
import select
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

LIBRARIES = (
    *("celery.bin.worker", "celery.bin.beat", "celery.apps.worker", "celery.app.trace"),
    *("celery.concurrency.prefork", "celery.worker.components", "celery.worker.consumer"),
    *("celery.backends.redis", "celery.utils.dispatch", "kombu.transport.redis", "redis.asyncio"),
    *("django.core.management.commands", "django.core.handlers.asgi", "django.contrib.admin"),
    *("django.contrib.messages", "django.contrib.staticfiles", "django.template.backends.django"),
    *("django.db.backends.sqlite3.base", "django.db.backends.postgresql.base"),
    *("django.core.cache.backends.redis", "django.views.generic", "channels.auth"),
    *("channels.routing", "channels.generic.websocket", "channels_redis.core", "uvicorn.main"),
    *("uvicorn.protocols.websockets.websockets_sansio_impl", "elasticsearch", "tantivy"),
    *("uvicorn.protocols.http.httptools_impl", "structlog.dev", "rich.traceback"),
    *("pydantic.types", "pydantic.networks", "prometheus_client", "limits.storage"),
    *("rapidfuzz.distance.OSA", "environ", "whitenoise.middleware", "re2"),
    *("cron_descriptor", "django_structlog.middlewares", "django_redis.cache", "csp.middleware"),
)
ZONES: list[ZoneInfo] = []
NUMBER = struct.Struct("i")
LONGEST_REQUEST = 1 << 20


def main() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    # A field of django-celery-beat reads them all; Python keeps one only while somebody has it.
    ZONES.extend(ZoneInfo(name) for name in available_timezones())
    gc.collect()
    # What is there stays shared: a collection would write to every page of it.
    gc.freeze()
    run(serve(socket.socket(fileno=int(sys.argv[1]))))


def run(words: list[str]) -> None:
    first, *rest = words
    if first == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = words
        runpy.run_path(first, run_name="__main__")


def serve(requests: socket.socket, *, warm: bool = False) -> list[str]:
    """Fork for each request. Returns in the children alone, with what they have to run. `warm`: for
    one environment, which is loaded."""
    living: dict[int, tuple[int, int | None]] = {}
    knocking = [requests.fileno()]
    other = Warm(requests)
    while knocking or living:
        for ready in select.select([*knocking, *living], [], [])[0]:
            if ready not in knocking:
                bury(ready, *living.pop(ready))
                continue
            data, files, _flags, _address = socket.recv_fds(requests, LONGEST_REQUEST, 3)
            if not data:
                knocking.clear()
                other.let_go()
                continue
            request = json.loads(data)
            if is_of_the_product(request) and not warm:
                if pid := other.hand_on(request, data, files):
                    living[os.pidfd_open(pid)] = (pid, None)
                continue
            log, status, reaper = files
            pid = os.fork()
            if not pid:
                requests.detach()
                return become(request, log, reaper)
            os.close(log)
            os.close(reaper)
            tell(status, pid)
            living[os.pidfd_open(pid)] = (pid, status)
    os._exit(0)


def is_of_the_product(request: dict) -> bool:
    words = request["argv"]
    ours = words[0] == "manage.py" or (words[0] == "-m" and words[1] in ("celery", "uvicorn"))
    return ours and "DJANGO_SETTINGS_MODULE" in request["env"]


class Warm:
    """The nursery of the environment that was asked for last, as the first one sees it."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._env: dict[str, str] | None = None
        self._socket: socket.socket | None = None

    def hand_on(self, request: dict, data: bytes, files: list[int]) -> int | None:
        """Returns the pid of one that had to be forked for it."""
        forked = None
        if self._socket is None or self._env != request["env"]:
            self.let_go()
            self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._env = request["env"]
            forked = os.fork()
            if not forked:
                # Their numbers are those of other files soon.
                self._requests.detach()
                self._socket.detach()
                run(serve(load(request, theirs), warm=True))
                sys.exit()
            theirs.close()
        socket.send_fds(self._socket, [data], files)
        for file in files:
            os.close(file)
        return forked

    def let_go(self) -> None:
        """It ends with its last process."""
        if self._socket:
            self._socket.close()


def load(request: dict, theirs: socket.socket) -> socket.socket:
    """Django with that environment; where it does not load, each process says so itself."""
    os.dup2(theirs.detach(), 3)
    os.closerange(4, most_files())
    environment(request)
    with suppress(Exception):
        import django
        from django.db import connections

        django.setup()
        connections.close_all()
    gc.collect()
    gc.freeze()
    return socket.socket(fileno=3)


def become(request: dict, log: int, reaper: int) -> list[str]:
    """As a shell would have started it."""
    os.setsid()
    os.write(reaper, b"group %d\n" % os.getpid())
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.closerange(3, most_files())
    environment(request)
    return request["argv"]


def environment(request: dict) -> None:
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.path[0] = request["cwd"]


def most_files() -> int:
    return max(int(entry.name) for entry in Path("/proc/self/fd").iterdir()) + 1


def bury(ended: int, pid: int, status: int | None) -> None:
    """Tell how a process ended, where somebody wants to know."""
    _pid, how = os.waitpid(pid, 0)
    if status is not None:
        tell(status, os.waitstatus_to_exitcode(how))
        os.close(status)
    os.close(ended)


def tell(status: int, number: int) -> None:
    # Whoever started it may be gone.
    with suppress(BrokenPipeError):
        os.write(status, NUMBER.pack(number))


if __name__ == "__main__":
    main()
