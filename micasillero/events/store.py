"""From a raw batch to events: what a worker does, once and whole.

The rows, the alerts and the end of the batch are one transaction, so that a worker that dies in
between leaves nothing; the number of the attempt is the fencing token.
"""

import logging
import traceback as tracebacks
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, cast

import orjson
from django.core.exceptions import FieldError, ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Field

from .models import Event, EventType, RawBatch, RejectedEvent, RejectedState

logger = logging.getLogger(__name__)

# What is told of an event to whoever raises alerts; returns how many it raised.
Alerting = Callable[[Sequence[Event]], int]
POISON = (
    *(KeyError, TypeError, ValueError, ArithmeticError, AttributeError),
    *(FieldError, ValidationError, DataError, IntegrityError),
)
COLUMNS = (
    *("event_id", "type", "occurred_at", "session", "person", "network", "query", "results"),
    *("code", "rank", "codes", "description", "value"),
)
INSERT = (
    "INSERT INTO {table} (batch_id, client, received_at, {names}) "
    "SELECT %s, %s, %s, {values} FROM jsonb_to_recordset(%s::jsonb) AS told({types}) "
    "RETURNING event_id, id"
)


@dataclass(frozen=True)
class Stored:
    """What one batch became."""

    stored: int
    rejected: int
    alerts: int


class Fenced(Exception):  # noqa: N818 - an outcome, not a fault
    """Somebody else has taken the batch over: nothing was stored."""


def work_off(batch: RawBatch, alerting: Alerting) -> Stored:
    """Store the events of a batch that this worker has claimed (RawBatch.claim).

    An event that cannot be stored becomes a RejectedEvent. Raises Fenced, or whatever went wrong
    for the whole batch; then nothing of it is stored.
    """
    with transaction.atomic():
        kept, raws, rejected = _made(batch)
        try:
            with transaction.atomic():
                _insert(batch, kept, raws)
                alerts = alerting(kept)
        except POISON:
            # Which one? One by one, each in a savepoint of its own.
            kept, alerts, more = _one_by_one(kept, alerting, batch)
            rejected += more
        RejectedEvent.objects.bulk_create(rejected)
        told = Stored(len(kept), len(rejected), alerts)
        if not batch.finish(stored=told.stored, rejected=told.rejected, alerts=told.alerts):
            raise Fenced
    return told


def event_of(raw: Any, batch: RawBatch) -> Event:
    """The event of one object of the batch. Raises one of POISON for what is none."""
    values = {name: raw[name] for name in raw if name in COLUMNS}
    if unknown := raw.keys() - set(COLUMNS):
        raise ValueError(f"unknown columns: {', '.join(sorted(unknown))}")
    values["type"] = EventType(values["type"])
    values["occurred_at"] = datetime.fromisoformat(values["occurred_at"])
    if "value" in values:
        values["value"] = Decimal(values["value"])
    return Event(batch=batch, client=batch.client, received_at=batch.received_at, **values)


def replay(rejected: RejectedEvent, alerting: Alerting) -> bool:
    """Try again to store a rejected event; True when it is stored now, by this call or before.

    Only one of several calls stores it. A second refusal is kept with the row.
    """
    with transaction.atomic():
        row = RejectedEvent.objects.select_for_update().get(pk=rejected.pk)
        if row.state != RejectedState.DEAD:
            return row.state == RejectedState.REPLAYED
        batch = row.batch or RawBatch(client=row.client, received_at=row.rejected_at)
        try:
            with transaction.atomic():
                event = event_of(row.event, batch)
                event.batch = row.batch
                _written([event], alerting)
        except POISON as error:
            row.refused_again(error, tracebacks.format_exc())
            return False
        row.stored_after_all()
    return True


def _made(batch: RawBatch) -> tuple[list[Event], list[Any], list[RejectedEvent]]:
    """The events that can be read, their objects in the batch, and the others."""
    kept: list[Event] = []
    raws: list[Any] = []
    rejected: list[RejectedEvent] = []
    for raw in batch.events:
        try:
            kept.append(event_of(raw, batch))
        except POISON as error:
            rejected.append(RejectedEvent.of(batch, raw, error, tracebacks.format_exc()))
        else:
            raws.append(raw)
    return kept, raws, rejected


def _insert(batch: RawBatch, events: list[Event], raws: list[Any]) -> None:
    """Store them in one statement. PostgreSQL reads the objects itself: writing fifty events into
    a statement takes Django longer than storing them takes PostgreSQL."""
    if connection.vendor != "postgresql":
        Event.objects.bulk_create(events)
        return
    told = (batch.pk, batch.client, batch.received_at, orjson.dumps(raws).decode())
    with connection.cursor() as cursor:
        cursor.execute(_statement(), told)
        numbers = dict(cursor.fetchall())
    for event in events:
        event.pk = numbers[event.event_id]
        event._state.adding, event._state.db = False, connection.alias


@cache
def _statement() -> str:
    fields = [cast("Field", Event._meta.get_field(name)) for name in COLUMNS]
    return INSERT.format(
        table=connection.ops.quote_name(Event._meta.db_table),
        names=", ".join(COLUMNS),
        # The texts that not every type has are empty where there is none.
        values=", ".join(
            f"COALESCE({field.name}, '')" if field.default == "" else field.name for field in fields
        ),
        types=", ".join(f"{field.name} {field.db_type(connection)}" for field in fields),
    )


def _written(events: list[Event], alerting: Alerting) -> int:
    Event.objects.bulk_create(events)
    return alerting(events)


def _one_by_one(
    events: list[Event], alerting: Alerting, batch: RawBatch
) -> tuple[list[Event], int, list[RejectedEvent]]:
    raws = {raw["event_id"]: raw for raw in batch.events if isinstance(raw, dict)}
    kept, alerts, rejected = [], 0, []
    for event in events:
        event.pk = None
        event._state.adding = True
        try:
            with transaction.atomic():
                alerts += _written([event], alerting)
        except POISON as error:
            logger.warning("An event of batch %s cannot be stored: %s", batch.pk, error)
            raw = raws[event.event_id]
            rejected.append(RejectedEvent.of(batch, raw, error, tracebacks.format_exc()))
        else:
            kept.append(event)
    return kept, alerts, rejected
