"""A process that has the libraries of the product loaded, and forks the product's processes.

Run by tests.support.forked as a program with one argument, the number of a socket. A request there
is JSON of argv, env and cwd, with three files: the log, a pipe for the pid and later the exit code,
and the reaper's pipe. It ends when the socket does.

Nothing of ours and no settings are loaded before the fork: each process reads its environment as
if it had been started from a shell, leads a session of its own and has no other files open.
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
    first, *rest = serve(socket.socket(fileno=int(sys.argv[1])))
    if first == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = [first, *rest]
        runpy.run_path(first, run_name="__main__")


def serve(requests: socket.socket) -> list[str]:
    """Fork for each request. Returns in the children alone, with what they have to run."""
    living: dict[int, tuple[int, int]] = {}
    knocking = requests.fileno()
    while True:
        for ready in select.select([knocking, *living], [], [])[0]:
            if ready != knocking:
                bury(ready, *living.pop(ready))
                continue
            data, files, _flags, _address = socket.recv_fds(requests, LONGEST_REQUEST, 3)
            if not data:
                os._exit(0)
            log, status, reaper = files
            pid = os.fork()
            if not pid:
                requests.detach()
                return become(json.loads(data), log, reaper)
            os.close(log)
            os.close(reaper)
            tell(status, pid)
            living[os.pidfd_open(pid)] = (pid, status)


def become(request: dict, log: int, reaper: int) -> list[str]:
    """As a shell would have started it."""
    os.setsid()
    os.write(reaper, b"group %d\n" % os.getpid())
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.closerange(3, max(int(entry.name) for entry in Path("/proc/self/fd").iterdir()) + 1)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.path[0] = request["cwd"]
    return request["argv"]


def bury(ended: int, pid: int, status: int) -> None:
    """Tell how a process ended."""
    _pid, how = os.waitpid(pid, 0)
    tell(status, os.waitstatus_to_exitcode(how))
    os.close(status)
    os.close(ended)


def tell(status: int, number: int) -> None:
    # Whoever started it may be gone.
    with suppress(BrokenPipeError):
        os.write(status, NUMBER.pack(number))


if __name__ == "__main__":
    main()
