"""How fast a run goes, from what it said lately."""

import time
from collections import deque

from django.conf import settings

RATE_WINDOW = 10.0


class Pace:
    """Items a second over the last seconds of one phase, or since the last but one item where
    items take longer than that."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque()
        self._phase = ""

    def of(self, phase: str, done_now: int) -> float | None:
        """The rate now; it falls while nothing moves. None where nothing has moved yet."""
        now = time.monotonic()
        if phase != self._phase:
            self._phase = phase
            self._points.clear()
        if not self._points or done_now > self._points[-1][1]:
            self._points.append((now, done_now))
        while len(self._points) > 2 and now - self._points[1][0] > RATE_WINDOW:
            self._points.popleft()
        began, done = self._points[0]
        if now - began < settings.PROGRESS_INTERVAL / 2 or done_now <= done:
            return None
        return (done_now - done) / (now - began)
