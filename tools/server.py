"""What every server of the tests can do: start, stop, crash, hang, come back."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import Self

from tools.spawned import (
    Failed,
    Spawned,
    Unavailable,
    free_port,
    reachable_by_others,
    scratch_directory,
)


class Server:
    """A server on 127.0.0.1 with a directory and a port of its own, kept over restarts.

    Given a `directory`, the server keeps its data there and leaves it; without, in a scratch
    directory that `close` removes. As a context manager it is started and closed.
    """

    name = "server"
    stop_signal = signal.SIGTERM
    start_seconds = 30.0

    def __init__(self, *, port: int | None = None, directory: Path | None = None) -> None:
        self.port = port or free_port()
        self.directory = directory
        self._scratch: Path | None = None
        self._process: Spawned | None = None

    @property
    def process(self) -> Spawned:
        if self._process is None:
            raise Failed(f"{self.name} is not started")
        return self._process

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.running

    def start(self) -> Self:
        """Start it and wait until it answers.

        Raises Unavailable when this machine lacks something, Failed when it does not come up.
        """
        if self.running:
            return self
        self._process = self._launch()
        try:
            self._process.wait_until(self.answers, "answering", timeout=self.start_seconds)
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        """An orderly end; data and port stay for the next start."""
        if self.running:
            self.process.terminate(number=self.stop_signal)

    def kill(self) -> None:
        """A crash: kill -9 to all its processes."""
        if self._process is not None:
            self._process.kill()

    def restart(self) -> Self:
        self.stop()
        return self.start()

    def freeze(self) -> None:
        """A hang: connections are taken, nothing is answered."""
        self.process.freeze()

    def thaw(self) -> None:
        self.process.thaw()

    def close(self) -> None:
        """Stop it and remove its scratch directory."""
        self.stop()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = self.directory = None

    def answers(self) -> bool:
        """Whether it is up and answers a request now."""
        raise NotImplementedError

    def _launch(self) -> Spawned:
        raise NotImplementedError

    def _home(self, user: str | None) -> Path:
        if self.directory is None:
            self._scratch = self.directory = scratch_directory(self.name, user)
        self.directory.mkdir(parents=True, exist_ok=True)
        if user is not None and not reachable_by_others(self.directory.parent):
            raise Unavailable(
                f"{self.name} runs as {user!r} here, who cannot reach {self.directory}"
            )
        return self.directory

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.close()
