"""One child process: it writes to a log of its own and cannot outlive the supervisor."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PR_SET_PDEATHSIG = 1
# Loaded here and not in the child: between fork and exec as little as possible may happen.
LIBC = ctypes.CDLL(None, use_errno=True)
LOG_KEPT_BYTES = 5 * 1024 * 1024
TAIL_BYTES = 64 * 1024


@dataclass(frozen=True)
class Service:
    """What to run and how to tell that it does its work.

    ``ready`` is asked several times a second and must answer within about a second itself.
    ``detail`` is what a person may want to know about it, such as an address.
    """

    name: str
    argv: Sequence[str]
    ready: Callable[["Child"], bool]
    ready_within: float = 90.0
    detail: str = ""


class Child:
    """A running service. Start it from the main thread: the kernel ends it with that thread."""

    def __init__(self, service: Service, *, log: Path, env: Mapping[str, str], cwd: Path) -> None:
        self.service = service
        self.name = service.name
        self.log = log
        self.started_at = datetime.now(UTC)
        self._clock = time.monotonic()
        _keep_short(log)
        parent = os.getpid()
        with log.open("ab") as output:
            self._log_start = output.tell()
            self._popen = subprocess.Popen(
                list(service.argv),
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C in the terminal is for the supervisor, which then
                # stops the parts in order; and what a part leaves behind can be found by it.
                start_new_session=True,
                preexec_fn=lambda: _die_with(parent),
            )
        self.pid = self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._popen.poll()

    @property
    def running(self) -> bool:
        return self.exit_code is None

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._clock

    def output(self) -> str:
        """The end of what it has written since it was started, at most 64 kB."""
        with self.log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self._log_start, end - TAIL_BYTES))
            return log.read().decode(errors="replace")

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.output().splitlines()[-lines:])

    def send(self, number: signal.Signals) -> None:
        """To the leader alone: ending its own children in order is the leader's task."""
        if self.running:
            self._popen.send_signal(number)

    def kill_group(self) -> None:
        """SIGKILL to whatever is left of the group, then collect the leader."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()


def _die_with(parent: int) -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # Had the parent died before the call, nobody would send the signal any more.
    if os.getppid() != parent:
        os._exit(1)


def _keep_short(log: Path) -> None:
    """One earlier file is kept, so that a demo left running for weeks does not fill the disk."""
    if log.exists() and log.stat().st_size > LOG_KEPT_BYTES:
        log.replace(log.with_suffix(".log.1"))
