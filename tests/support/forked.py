"""The product's processes, forked off one that has loaded their libraries already.

Of what a process of ours takes to start, more than half is importing Celery, Django and the rest,
and the suite starts several hundred. What a person types is tried as such in tests/live/test_up.py
and tests/deploy/.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from tools import reaper
from tools.spawned import REPOSITORY, Spawned

from .nursery import NUMBER

_ours: Nursery | None = None


class Forked(Spawned):
    """As Spawned, of this very interpreter."""

    def _begin(
        self, env: Mapping[str, str], cwd: Path, output: IO[bytes], user: str | None
    ) -> Child:
        assert (self.argv[0], user) == (sys.executable, None)
        # It writes as soon as it is told to: the nursery itself has the -u.
        words = [word for word in self.argv[1:] if word != "-u"]
        return Nursery.of_this_process().fork(words, env, cwd, output)


class Child:
    """As much of subprocess.Popen as Spawned uses. The pipe says the pid, then the exit code."""

    def __init__(self, told: int) -> None:
        self._told = told
        self.returncode: int | None = None
        pid = self._read()
        if pid is None:
            raise RuntimeError("The nursery of the tests has ended; its standard error says why.")
        self.pid = pid

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            code = self._read()
            self.returncode = -signal.SIGKILL if code is None else code
            os.close(self._told)
        return self.returncode

    def _read(self) -> int | None:
        told = os.read(self._told, NUMBER.size)
        return NUMBER.unpack(told)[0] if told else None


class Nursery:
    """Our end of it: one for each process that forks, and it ends with that."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-u", "-m", "tests.support.nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        # It outlives us by a moment, which Popen would otherwise warn of when collected.
        process.returncode = 0

    @classmethod
    def of_this_process(cls) -> Nursery:
        global _ours
        if _ours is None or _ours.owner != os.getpid():
            _ours = cls()
        return _ours

    def fork(
        self, words: Sequence[str], env: Mapping[str, str], cwd: Path, output: IO[bytes]
    ) -> Child:
        request = json.dumps({"argv": [*words], "env": dict(env), "cwd": str(cwd)})
        told, telling = os.pipe()
        try:
            files = [output.fileno(), telling, reaper.pipe()]
            socket.send_fds(self._requests, [request.encode()], files)
        finally:
            os.close(telling)
        return Child(told)
