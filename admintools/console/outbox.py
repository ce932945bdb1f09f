"""What one client has yet to be sent. A client that never reads costs a bounded dictionary."""

import asyncio
from collections.abc import Iterable
from typing import Any

MOST_RUNS = 200
MOST_LINES = 200


def order(snapshot: dict[str, Any]) -> tuple[int, int, str]:
    """Which of two states of a run is newer. Derived states change without a write, so that the
    moment of reading decides between equal (epoch, seq)."""
    return snapshot["epoch"], snapshot["seq"], snapshot["server_time"]


class Outbox:
    """The newest state of each run, the last log lines, and whether a pong is owed."""

    def __init__(self) -> None:
        self._states: dict[str, dict[str, Any]] = {}
        self._lines: dict[int, dict[str, Any]] = {}
        self._pong = False
        self.wake = asyncio.Event()
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = 0.0

    async def wait(self, *, until: float) -> None:
        """Until something is put, ``wake`` is set, or the loop's clock says ``until``."""
        # Kept from one message to the next, which come long before it: a timeout for each would
        # take a tenth of the time of sending one.
        if self._alarm is None or self._alarm_at != until:
            self.close()
            self._alarm = asyncio.get_running_loop().call_at(until, self._ring)
            self._alarm_at = until
        await self.wake.wait()
        self.wake.clear()

    def _ring(self) -> None:
        self._alarm = None
        self.wake.set()

    def close(self) -> None:
        """Let the clock go: nobody waits any more."""
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None

    def put_state(self, snapshot: dict[str, Any]) -> None:
        """Keep the newest state of the run; beyond MOST_RUNS the oldest run is let go."""
        held = self._states.pop(snapshot["task_id"], None)
        newer = held if held and order(held) > order(snapshot) else snapshot
        self._states[snapshot["task_id"]] = newer
        while len(self._states) > MOST_RUNS:
            self._states.pop(next(iter(self._states)))
        self.wake.set()

    def put_lines(self, lines: Iterable[dict[str, Any]]) -> None:
        """Keep the newest lines, each once."""
        self._lines.update((line["id"], line) for line in lines)
        for line_id in sorted(self._lines)[:-MOST_LINES]:
            del self._lines[line_id]
        self.wake.set()

    def put_pong(self) -> None:
        self._pong = True
        self.wake.set()

    def take(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]], bool]:
        """States, lines in order, pong: all that waits; what comes later waits for the next."""
        states, self._states = list(self._states.values()), {}
        lines, self._lines = [self._lines[i] for i in sorted(self._lines)], {}
        pong, self._pong = self._pong, False
        return states, lines, pong
