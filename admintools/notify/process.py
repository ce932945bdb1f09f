"""The process `notify`: it sends what the queue did not, looks for trouble, and says that all is
well. It needs the database and the way out, nothing else.

A process of its own: a receiver that hangs must not keep the dispatcher from its runs.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.conf import settings
from django.db import connection
from django.utils import timezone

from admintools.jobs.steady import Steady

from . import dead_man, sender, source, watching
from .models import Delivery

logger = logging.getLogger(__name__)

LOOK_EVERY = 30.0
# So many receivers may hang at once, and others are still served.
AT_ONCE = 8


class Notify(Steady):
    """One turn after another. Several may run at once: a delivery is claimed by one."""

    name = "notify"

    def __init__(self) -> None:
        super().__init__()
        self._senders = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sender")
        self._sending: dict[int, Future] = {}
        self._look = Every(LOOK_EVERY)
        self._call = Every(settings.DEAD_MAN_SECONDS)
        self._told = ""

    def turn(self) -> None:
        self.beat()
        self.send_overdue()
        if self._look.has_come():
            source.take_back_dead()
            watching.look()
        if settings.DEAD_MAN_URL and self._call.has_come():
            self._say_that_all_is_well()

    def run(self, stop: Callable[[float], bool]) -> None:
        super().run(stop)
        self.close()

    def close(self) -> None:
        """Wait for what is being sent; nothing else is begun."""
        self._senders.shutdown(cancel_futures=True)

    def send_overdue(self) -> None:
        """Begin as many as are due for so long that the queue seems not to work."""
        self._sending = {pk: each for pk, each in self._sending.items() if not each.done()}
        overdue = Delivery.objects.overdue(settings.NOTIFY_TAKEOVER_SECONDS)
        others = overdue.exclude(pk__in=list(self._sending)).values_list("pk", flat=True)
        for pk in others[: AT_ONCE - len(self._sending)]:
            self._sending[pk] = self._senders.submit(_send, pk)

    def _say_that_all_is_well(self) -> None:
        wrong = dead_man.amiss(timezone.now())
        if wrong != self._told:
            logger.warning("DEAD_MAN_URL is %s called: %s", "not" if wrong else "again", wrong)
            self._told = wrong
        if not wrong:
            # By another thread: a sign of life must not wait for the answer.
            self._senders.submit(dead_man.call)


class Every:
    """A moment that comes again and again."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._at = 0.0

    def has_come(self) -> bool:
        now = time.monotonic()
        if self._at and now - self._at < self._seconds:
            return False
        self._at = now
        return True


def _send(pk: int) -> None:
    try:
        sender.deliver(pk)
    except Exception:
        logger.exception("Delivery %s could not be tried.", pk)
    finally:
        connection.close()
