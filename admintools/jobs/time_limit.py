"""A run that stores its items is handed on a little before its worker's time limit.

Celery's own limit is an exception between any two instructions, thrown once: a library that catches
whatever ends its call swallows it, and later the process is killed. So work that can go on
elsewhere is told when it reports; the exception is left for all other.
"""

import time

from django.conf import settings

# Of the time that a run may take; the rest is for the item in hand and for writing the end.
SHARE = 0.9


class OutOfTime(Exception):  # noqa: N818 - nothing is wrong with the work
    """The worker's time for this attempt is over: another one goes on."""


def is_due(began: float) -> bool:
    """True once the work that began then, by the monotonic clock, has to be handed on."""
    return time.monotonic() - began >= SHARE * settings.CELERY_TASK_SOFT_TIME_LIMIT
