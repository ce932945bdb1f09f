"""What the product consists of, and how each part shows that it does its work.

A new queue joins ``settings.WORKERS``; a new long-lived process joins ``services``.
"""

import http.client
import socket
import sys
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError

from admintools.jobs.models import ProcessBeat

from .process import Child, Service

HOST = socket.gethostname()
PYTHON = (sys.executable, "-u")
MANAGE = (*PYTHON, str(settings.BASE_DIR / "manage.py"))
CELERY = (*PYTHON, "-m", "celery", "-A", "sicargabox")
# Open sockets keep a web server from ending in order; browsers reconnect by themselves.
WEB_GRACE_SECONDS = 3


def services(host: str, port: int) -> list[Service]:
    """Everything but the broker, in the order in which a person reads it."""
    return [
        _web(host, port),
        *(_worker(name, queues) for name, queues in settings.WORKERS),
        Service("dispatch", (*MANAGE, "dispatch"), ready=_beats(f"dispatch@{HOST}:{{pid}}")),
        Service("sync_index", (*MANAGE, "sync_index"), ready=_beats(f"sync_index@{HOST}:{{pid}}")),
        Service("notify", (*MANAGE, "notify"), ready=_beats(f"notify@{HOST}:{{pid}}")),
        Service("beat", _beat(), ready=_beats(f"beat@{HOST}:{{pid}}")),
    ]


def shown_host(host: str) -> str:
    """The host as a browser on this machine reaches it."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    return f"[{reachable}]" if ":" in reachable else reachable


def _web(host: str, port: int) -> Service:
    return Service(
        name="web",
        argv=(
            *(*PYTHON, "-m", "uvicorn", "sicargabox.asgi:application"),
            *("--host", host, "--port", str(port)),
            # Whom to believe about the client is TRUSTED_PROXIES' matter: see sicargabox.asgi.
            *("--ws", "websockets-sansio", "--lifespan", "off", "--no-proxy-headers"),
            *("--timeout-graceful-shutdown", str(WEB_GRACE_SECONDS)),
        ),
        ready=lambda child: _healthy(shown_host(host).strip("[]"), port),
        detail=f"http://{shown_host(host)}:{port}/",
    )


def _worker(name: str, queues: tuple[str, ...]) -> Service:
    return Service(
        name=f"worker-{name}",
        argv=(
            *(*CELERY, "worker", "--queues", ",".join(queues), "--hostname", f"{name}@%h"),
            *("--loglevel", settings.LOG_LEVEL, "--without-mingle", "--without-gossip"),
        ),
        ready=_beats(f"{name}@{HOST}"),
        detail=f"queue {', '.join(queues)}, {settings.CELERY_WORKER_CONCURRENCY} at a time",
    )


def _beat() -> tuple[str, ...]:
    # Its lock is VAR_DIR's own; a pid file that a crash leaves behind would stop the next start.
    return (*CELERY, "beat", "--loglevel", settings.LOG_LEVEL, "--pidfile=")


def _healthy(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": _own_name(host)})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _own_name(host: str) -> str:
    """A name that ALLOWED_HOSTS lets in: in production the loopback address is not on it."""
    names = [name for name in settings.ALLOWED_HOSTS if name != "*"]
    if not names or host in names:
        return host
    return names[0].lstrip(".")


def _beats(instance: str) -> Callable[[Child], bool]:
    """It has written its proof of life, which a part does once it is at work.

    ``instance`` may hold {pid}. A row that an earlier start left behind does not count.
    """

    def beats(child: Child) -> bool:
        own = ProcessBeat.objects.filter(instance=instance.format(pid=child.pid))
        try:
            return own.filter(beat_at__gte=child.started_at).exists()
        except DatabaseError:
            return False

    return beats
