"""What must be true before anything is started; each fault is a sentence that says what to do."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Refused(Exception):  # noqa: N818 - a refusal with its reason
    """The product cannot be started here and now. The message says why and what to do."""


def prepare_directories(var_dir: Path) -> Path:
    """Make sure that VAR_DIR can be written and return the directory of the logs."""
    logs = var_dir / "logs"
    try:
        logs.mkdir(parents=True, exist_ok=True)
        probe = logs / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Refused(
            f"{error.filename} cannot be written: {error.strerror}. Make {var_dir} writable for "
            "this user, or set VAR_DIR to a directory that is."
        ) from None
    return logs


@contextmanager
def only_one(var_dir: Path) -> Iterator[None]:
    """Hold VAR_DIR for this process. The kernel lets go of it when we end, in whatever way."""
    path = var_dir / "up.lock"
    # "a": opening must not empty the file, whose number belongs to the one who holds it.
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise Refused(
                f"It is running already with {var_dir} (process {holder}). Stop that one "
                f"(Ctrl-C in its terminal, or: kill {holder}), or set another VAR_DIR."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there. Raises Refused where it never could."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server itself will do: a port in TIME_WAIT is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            # Another program may be bound to it with the same option: only listening tells.
            probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise Refused(
            f"Cannot listen on {host} port {port}: {error.strerror or error}. "
            "Choose others with --host and --port."
        ) from None
    return True


def require_port(host: str, port: int) -> None:
    """Raise Refused when somebody else listens there."""
    if not port_is_free(host, port):
        raise Refused(
            f"Port {port} on {host} is busy: another program listens there. Stop that program, "
            f"or choose another port with --port {port + 1}."
        )


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
