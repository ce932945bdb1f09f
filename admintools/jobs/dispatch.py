"""The dispatcher: neither Celery nor beat, so it goes on when they do not.

Several may run at once: every step is a compare-and-set on a row. It never talks to
Elasticsearch.
"""

import time
from collections.abc import Sequence

from django.conf import settings

from .sources import RunSource, Source
from .steady import Steady


class Dispatcher(Steady):
    """Sends what is due and takes back what is dead, of every source."""

    name = "dispatch"

    def __init__(self, sources: Sequence[Source] | None = None) -> None:
        super().__init__()
        self.rest = settings.DISPATCH_INTERVAL
        self._sources = list(sources or [RunSource()])
        self._reaped_at = 0.0

    def turn(self) -> None:
        """Send what is due; now and then take back what is dead."""
        self.beat()
        now = time.monotonic()
        if not self._reaped_at or now - self._reaped_at >= settings.REAP_INTERVAL:
            for source in self._sources:
                source.take_back_dead()
            self._reaped_at = now
        for source in self._sources:
            source.send_due()
