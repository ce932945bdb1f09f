"""A group of children: started, awaited, watched, and stopped together."""

import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import NoReturn, Self

from .process import Child, Service

TICK = 0.1


class PartFailed(Exception):  # noqa: N818 - the part failed; here it is an outcome to report
    """A part ended by itself, or did not become ready. The message says which and shows why."""


class StopAsked(Exception):  # noqa: N818
    """Somebody pressed Ctrl-C or sent SIGTERM; nothing is wrong."""


class Signals:
    """Remembers that a stop was asked for, so that no step is torn in the middle.

    A second signal kills everything at once: whoever sends two does not want to wait.
    """

    NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.asked = False
        self.insisted = False
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        for number in self.NUMBERS:
            # Under nohup SIGHUP is ignored on purpose.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *exc: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.insisted = self.asked
        self.asked = True


class Supervisor:
    """Runs services until one dies or somebody asks to stop.

    ``say`` receives one line of text at a time, ``grace`` is the number of seconds that a part
    gets to end by itself before its group is killed.
    """

    def __init__(
        self,
        *,
        log_dir: Path,
        cwd: Path,
        env: Mapping[str, str],
        signals: Signals,
        say: Callable[[str], None],
        grace: float = 20.0,
    ) -> None:
        self.env = dict(env)
        self._log_dir, self._cwd = log_dir, cwd
        self._signals, self._say, self._grace = signals, say, grace
        self._waves: list[list[Child]] = []

    @property
    def children(self) -> list[Child]:
        return [child for wave in self._waves for child in wave]

    def start(self, *services: Service) -> None:
        """Start these side by side and wait until each is ready.

        What is started together is stopped together, after everything that was started later.
        Raises PartFailed or StopAsked; stopping the rest is then the caller's `stop`.
        """
        wave: list[Child] = []
        self._waves.append(wave)
        for service in services:
            log = self._log_dir / f"{service.name}.log"
            wave.append(Child(service, log=log, env=self.env, cwd=self._cwd))
        waiting = list(wave)
        while waiting:
            self.check()
            waiting = [child for child in waiting if not self._became_ready(child)]
            time.sleep(TICK if waiting else 0)

    def check(self) -> None:
        """Raise PartFailed when a part has ended, StopAsked when we were asked to stop."""
        if self._signals.asked:
            raise StopAsked
        for child in self.children:
            if not child.running:
                raise PartFailed(
                    f"{child.name} ended ({_how(child.exit_code)}). The end of {child.log}:\n"
                    + _indented(child.tail())
                )

    def watch(self) -> NoReturn:
        """Raise as `check` does, once there is a reason to."""
        while True:
            self.check()
            time.sleep(TICK)

    def stop(self) -> None:
        """End every part, the last started first. Returns when none is left."""
        for wave in reversed(self._waves):
            for child in wave:
                child.send(signal.SIGTERM)
            self._await_end(wave)
            for child in wave:
                if child.running:
                    self._say(f"{child.name} did not end within {self._grace:g} s: killed.")
                child.kill_group()
        self._waves.clear()

    def _await_end(self, wave: list[Child]) -> None:
        deadline = time.monotonic() + self._grace
        while any(child.running for child in wave) and time.monotonic() < deadline:
            if self._signals.insisted:
                break
            time.sleep(TICK)

    def _became_ready(self, child: Child) -> bool:
        if child.service.ready(child):
            note = f"  {child.service.detail}" if child.service.detail else ""
            self._say(f"  {child.name:<22} ready in {child.age:4.1f} s{note}")
            return True
        if child.age > child.service.ready_within:
            raise PartFailed(
                f"{child.name} was not ready within {child.service.ready_within:g} s. "
                f"The end of {child.log}:\n" + _indented(child.tail())
            )
        return False


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines()) or "    (nothing)"
