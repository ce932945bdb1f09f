"""Ends what a process started once that process is gone, even by kill -9.

A small watcher reads a pipe whose other end only its owner holds. When the owner dies, in
whatever way, the pipe closes, and the watcher ends the process groups and removes the scratch
directories it was told of. PR_SET_PDEATHSIG would not do: it fires when the starting *thread*
ends, reaches only the leader, and a process stopped by SIGSTOP outlives it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

GRACE_SECONDS = 3.0

_watcher: tuple[int, int] | None = None  # pid of the owner, writing end of the pipe


def pipe() -> int:
    """Where the watcher of this process hears of what to end."""
    global _watcher
    if _watcher is None or _watcher[0] != os.getpid():
        reading, writing = os.pipe()
        watcher = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            cwd="/",
            # Out of the owner's group, so that Ctrl-C or a kill of that group spares it.
            start_new_session=True,
        )
        # It outlives us by design, which Popen would otherwise warn of when collected.
        watcher.returncode = 0
        os.close(reading)
        _watcher = (os.getpid(), writing)
    return _watcher[1]


def group_of_child() -> Callable[[], None]:
    """A `preexec_fn` for Popen(start_new_session=True): the child reports its own group.

    The child does it itself, before it becomes the program, so that there is no moment in which
    it runs unwatched.
    """
    heard = pipe()

    def report() -> None:
        os.write(heard, b"group %d\n" % os.getpid())

    return report


def forget_group(pid: int) -> None:
    """The group has ended: its number may come to belong to somebody else."""
    os.write(pipe(), b"forget %d\n" % pid)


def directory(path: Path) -> None:
    """Remove this directory when the owner is gone."""
    os.write(pipe(), b"directory " + os.fsencode(path) + b"\n")


def born(pid: int) -> bytes | None:
    """When the process started, in clock ticks since boot; None if there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    # The name, second in the line, may hold blanks; what follows its last bracket does not.
    return stat.rpartition(b")")[2].split()[19]


def _signal_groups(groups: dict[int, bytes | None], number: int) -> bool:
    reached = False
    for pid, start in groups.items():
        now = born(pid)
        if now is not None and now != start:
            continue  # the number was given to somebody else
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)
            reached = True
    return reached


def _watch() -> None:
    groups: dict[int, bytes | None] = {}
    directories: list[str] = []
    for line in sys.stdin.buffer:
        verb, _, what = line.rstrip(b"\n").partition(b" ")
        if verb == b"group":
            groups[int(what)] = born(int(what))
        elif verb == b"forget":
            groups.pop(int(what), None)
        else:
            directories.append(os.fsdecode(what))
    _signal_groups(groups, signal.SIGTERM)
    _signal_groups(groups, signal.SIGCONT)
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline and _signal_groups(groups, 0):
        time.sleep(0.05)
    _signal_groups(groups, signal.SIGKILL)
    for path in directories:
        shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    _watch()
