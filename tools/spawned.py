"""Real processes for tests and benchmarks: started, watched, frozen, killed with all they began."""

from __future__ import annotations

import os
import pwd
import random
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol, Self, TypeVar

from tools import reaper

REPOSITORY = Path(__file__).resolve().parent.parent

T = TypeVar("T")


class Unavailable(RuntimeError):  # noqa: N818
    """A server cannot run on this machine; the message says what is missing."""


class Failed(RuntimeError):  # noqa: N818
    """A process ended, or did not do what was awaited; the message holds the end of its log."""


class Started(Protocol):
    """As much of subprocess.Popen as we use."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int, /) -> None: ...


class Spawned:
    """A process that leads a group of its own and writes to a log file.

    `env` is the whole environment (default: ours), `cwd` defaults to the repository, `user` is
    whom to become (root only). The group is ended when we die, however we die.
    """

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        user: str | None = None,
        name: str | None = None,
    ) -> None:
        self.argv = [str(word) for word in argv]
        self.name = name or Path(self.argv[0]).name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._log_start = output.tell()
            environment = dict(os.environ if env is None else env)
            self._popen = self._begin(environment, cwd or REPOSITORY, output, user)
        self.pid = self._popen.pid
        self._buried = False

    def _begin(
        self, env: Mapping[str, str], cwd: Path, output: IO[bytes], user: str | None
    ) -> Started:
        return subprocess.Popen(
            self.argv,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=reaper.group_of_child(),
            **identity(user),
        )

    @property
    def returncode(self) -> int | None:
        """The exit code (negative: killed by that signal), or None while it runs."""
        return self._popen.poll()

    @property
    def running(self) -> bool:
        return self.returncode is None

    def output(self) -> str:
        """What it has written since it was started."""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.output().splitlines()[-lines:])

    def wait_until(
        self, condition: Callable[[], T], what: str, *, timeout: float = 30, interval: float = 0.05
    ) -> T:
        """Poll until the condition returns something true, and return that.

        Raises Failed when the process ends first or after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while True:
            if value := condition():
                return value
            if not self.running:
                raise Failed(f"{self.name} ended ({self.returncode}) before {what}\n{self.tail()}")
            if time.monotonic() > deadline:
                raise Failed(f"{self.name}: not {what} after {timeout} s\n{self.tail()}")
            time.sleep(interval)

    def wait_for_output(self, text: str, *, timeout: float = 30) -> None:
        self.wait_until(lambda: text in self.output(), f"writing {text!r}", timeout=timeout)

    def wait(self, *, timeout: float | None = 60) -> int:
        """Wait for its end and return the exit code; raises Failed after `timeout` seconds."""
        try:
            return self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.name} runs after {timeout} s\n{self.tail()}") from None

    def send(self, number: int) -> None:
        """To the process alone, not to its children."""
        self._popen.send_signal(number)

    def terminate(self, *, timeout: float = 15, number: int = signal.SIGTERM) -> int:
        """Ask the process to end and return its exit code; what is left after that is killed.

        Only the process itself is asked: ending its children is part of what it has to do.
        """
        self.send(number)
        self.thaw()
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(timeout)
        return self.kill()

    def kill(self) -> int:
        """kill -9 to the process, its group and its descendants; returns its exit code."""
        if not self._buried:
            self._each(signal.SIGKILL)
            self._popen.wait()
            reaper.forget_group(self.pid)
            self._buried = True
        return self._popen.wait()

    def freeze(self) -> None:
        """Stop them all as they stand: connections stay open, nothing answers.

        Returns when every thread stands: on a busy machine one may go on for a moment, and answer.
        """
        deadline = time.monotonic() + 10
        while True:
            self._each(signal.SIGSTOP)
            moving = [pid for pid in (self.pid, *descendants(self.pid)) if not stands_still(pid)]
            if self._buried or not moving:
                return
            if time.monotonic() > deadline:
                raise Failed(f"{self.name} cannot be frozen; still moving: {moving}")
            time.sleep(0.01)

    def thaw(self) -> None:
        self._each(signal.SIGCONT)

    def _each(self, number: int) -> None:
        if self._buried:
            return  # the number may be somebody else's by now
        pids = descendants(self.pid)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.terminate()


def descendants(pid: int) -> list[int]:
    """The living children of a process and theirs, in whatever group they are."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parent = int((entry / "stat").read_bytes().rpartition(b")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for member in found:
        found.extend(children.get(member, []))
    return found[1:]


def stands_still(pid: int) -> bool:
    """Whether every thread of a process is stopped, or ended."""
    for stat_file in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(OSError):
            state = stat_file.read_bytes().rpartition(b")")[2].split()[0]
            if state not in b"tTZXx":
                return False
    return True


def free_port() -> int:
    """A TCP port nobody listens on at 127.0.0.1.

    Below the kernel's range for outgoing connections: a client that keeps trying a dead port of
    that range can end up connected to itself, and the server then never gets its port back.
    """
    for _ in range(200):
        port = random.randint(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise Unavailable("no free port between 20000 and 32000 on 127.0.0.1")


def service_user(*preferred: str) -> str | None:
    """Whom a server that refuses to run as root runs as: None unless we are root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in (*preferred, "nobody"):
        if name in names:
            return name
    raise Unavailable("we are root, and there is no user 'nobody' to run the server as")


def identity(user: str | None) -> dict:
    """The arguments of subprocess that make the child that user; none for None."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def reachable_by_others(path: Path) -> bool:
    """Whether another user gets as far as this directory."""
    return all(
        folder.stat().st_mode & stat.S_IXOTH for folder in (path.resolve(), *path.resolve().parents)
    )


def scratch_directory(prefix: str, user: str | None = None) -> Path:
    """A new private directory that the user can reach; it goes when we do."""
    parent = Path(tempfile.gettempdir())
    if user is not None and not reachable_by_others(parent):
        parent = Path("/tmp")
    path = Path(tempfile.mkdtemp(prefix=f"sicargabox-{prefix}-", dir=parent))
    reaper.directory(path)
    give(path, user)
    return path


def give(path: Path, user: str | None) -> None:
    """Make the user the owner of a directory and all in it; nothing for None."""
    if user is None:
        return
    owner = pwd.getpwnam(user)
    for entry in (path, *path.rglob("*")):
        os.chown(entry, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
