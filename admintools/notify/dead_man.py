"""The alarm for when nobody is left to raise one: an address outside the house that is called as
long as all is well, and that wakes somebody when the calls stop."""

import logging
from datetime import datetime

from django.conf import settings

from admintools.jobs import beats, publish

from . import addresses, transport
from .faults import Undelivered
from .watching import long_silences

logger = logging.getLogger(__name__)


def amiss(now: datetime) -> str:
    """What is not well, for the log; "" when all is. Raises DatabaseError when the database is
    away, which is not well either."""
    if not beats.alive("dispatch", now):
        return "no dispatcher gives a sign of life"
    if silent := [silence.queue for silence in long_silences(now)]:
        return f"no worker serves {', '.join(silent)}"
    if not publish.answers():
        return "the broker does not answer"
    return ""


def call() -> bool:
    """Call DEAD_MAN_URL; True when it answered well. The operator's own, it may be anywhere."""
    try:
        target = addresses.read(settings.DEAD_MAN_URL)
        answer = transport.request("GET", target, addresses.lookup)
    except Undelivered as fault:
        logger.warning("DEAD_MAN_URL could not be called: %s", fault)
        return False
    if answer.code >= 300:
        logger.warning("DEAD_MAN_URL answered %s.", answer.code)
    return answer.code < 300
