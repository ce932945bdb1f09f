"""A worker that was asked to leave gives back what it cannot finish in time.

The worker's main process hears of it; its pool's processes, forked before, read the moment from
memory that they share. Most runs end well before it. One that does not is given back for another
worker, and neither counts as a loss nor uses up an attempt, however often one deploys.
"""

import mmap
import struct
import time

from django.conf import settings

_MOMENT = struct.Struct("d")
# Anonymous and shared: what one process of the worker writes, all of them read.
_shared = mmap.mmap(-1, _MOMENT.size)
# Of the time in which a leaving worker may finish. The rest is for writing how the attempt ended.
SHARE = 0.75


class Drained(Exception):  # noqa: N818 - the worker leaves; nothing is wrong with the work
    """The worker must go before the work is done: another one starts it again."""


def share() -> None:
    """A worker begins: it shares with its own pool, forked later, and with nobody who forked it."""
    global _shared
    _shared = mmap.mmap(-1, _MOMENT.size)


def begin() -> None:
    """The worker was asked to leave, now."""
    # Monotonic time is the same in every process of a machine.
    due = time.monotonic() + SHARE * settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT
    _shared[:] = _MOMENT.pack(due)


def forget() -> None:
    """The worker stays: for tests, which leave more than once."""
    _shared[:] = _MOMENT.pack(0.0)


def is_due() -> bool:
    """True once this worker's runs must be given back."""
    (due,) = _MOMENT.unpack(_shared[:])
    return bool(due) and time.monotonic() >= due
