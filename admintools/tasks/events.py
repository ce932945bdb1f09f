"""Glue: from accepted batches of events to events and alerts."""

import functools
import logging
import traceback as tracebacks
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext_noop

from admintools.jobs import hints, publish, queues
from admintools.jobs.models import new_task_id
from admintools.jobs.texts import scrub
from admintools.jobs.transitions import backoff
from admintools.notify.announcing import announce
from admintools.notify.kinds import Kind
from admintools.watch import alert_channel
from micasillero.compliance.alerting import raise_alerts
from micasillero.compliance.models import Alert
from micasillero.events.models import Event, RawBatch
from micasillero.events.store import Fenced, Stored, work_off

logger = logging.getLogger(__name__)

INGEST = "admintools.tasks.ingest_events"
QUEUE = "events"
ALERTS_PAGE = "/admin/elasticsearch/alerts/"
UNEXPECTED = gettext_noop("The batch could not be stored: an unexpected error, see the traceback.")

# Each try at a broker that is away may cost a request its two seconds; the dispatcher sends what
# waits.
_broker = hints.Resting("queue events")


@shared_task(name=INGEST, ignore_result=False)
def ingest_events(batch: int) -> dict[str, Any]:
    """Store the events of a batch and raise alerts. ``batch`` is its row's number.

    Returns {"status": "success" or "dropped" or "failed", "stored": n, "alerts_created": n};
    dropped means that the batch is done already, or in somebody else's hands. The result is kept
    for a caller who asks for it; those of our own messages are not: the batch's row has the counts.
    """
    if queues.is_paused(QUEUE):
        # Whoever resumes the queue makes it due; the message is gone.
        RawBatch.objects.waiting().filter(pk=batch).update(published_at=None)
        return _told("dropped")
    row = RawBatch.claim(batch, timedelta(seconds=settings.LEASE_SECONDS))
    if row is None:
        return _told("dropped")
    try:
        told = work_off(row, alerting)
    except Fenced:
        return _told("dropped")
    except (OperationalError, InterfaceError):
        # The database is away: the lease runs out, and the dispatcher sends the batch again.
        logger.exception("Batch %s lost the database.", batch)
        raise
    except Exception as error:
        logger.exception("Batch %s failed.", batch)
        _failed(row, error)
        return _told("failed")
    return _told("success", told)


def alerting(events: Sequence[Event]) -> int:
    """Raise alerts about events that are stored in this transaction; returns how many are new.

    The open pages hear of them in one message, once it is committed; so does whoever subscribed.
    """
    new = raise_alerts(events)
    if new:
        transaction.on_commit(functools.partial(alert_channel.tell_new, new), robust=True)
        transaction.on_commit(functools.partial(_announce, new), robust=True)
    return len(new)


def _announce(alerts: Sequence[Alert]) -> None:
    # What people wrote stays in the house: the rule and what it found are enough to look.
    for alert in alerts:
        about = {"title": alert.rule.name, "text": alert.rule.reason, "alert": alert.pk}
        announce(Kind.ALERT, key=f"alert:{alert.pk}", about=about, link=ALERTS_PAGE)


def send(batch: RawBatch) -> bool:
    """Put a batch on its queue; False when the broker is away or the queue paused: the dispatcher
    sends it then. ``batch`` has just been stored, as published."""
    sent = not queues.is_paused(QUEUE) and _broker.call(lambda: _put(batch.pk), logging.DEBUG)
    if not sent:
        RawBatch.objects.waiting().filter(pk=batch.pk).update(published_at=None)
    return sent


def put(number: int) -> bool:
    """The message: the number of the row and nothing else."""
    return publish.send(INGEST, [number], queue=QUEUE, task_id=new_task_id())


def _put(number: int) -> None:
    """As put; raises ConnectionError where the broker did not take it."""
    if not put(number):
        raise ConnectionError("the broker took no message")


def _failed(row: RawBatch, error: Exception) -> None:
    code, trace = type(error).__name__, scrub(tracebacks.format_exc())
    if row.attempts >= settings.EVENT_ATTEMPTS:
        row.give_up(code, UNEXPECTED, trace)
    else:
        row.try_again(timedelta(seconds=backoff(row.attempts)), code, UNEXPECTED, trace)


def _told(status: str, stored: Stored | None = None) -> dict[str, Any]:
    return {
        "status": status,
        "stored": stored.stored if stored else 0,
        "alerts_created": stored.alerts if stored else 0,
    }
