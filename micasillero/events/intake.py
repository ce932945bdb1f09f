"""Taking events in: checked, told apart from duplicates, and stored as one raw row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from pydantic import ValidationError

from .models import EventKey, RawBatch
from .refusals import sentence
from .schema import EVENT


@dataclass(frozen=True)
class Accepted:
    """What became of a request. ``batch`` is the raw row, None when nothing new came.

    ``rejected`` are (index in the request, why).
    """

    accepted: int = 0
    duplicates: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    batch: RawBatch | None = None


def accept(client: str, told: Sequence[Any]) -> Accepted:
    """Check the events of the program ``client`` and store the new ones. All or nothing.

    An event id is taken once for each client, for as long as events are kept. Raises Django's
    OperationalError or InterfaceError while the database is away: then nothing was stored.
    """
    now = timezone.now()
    valid: dict[UUID, dict[str, Any]] = {}
    rejected: list[tuple[int, str]] = []
    repeated = 0
    for index, one in enumerate(told):
        try:
            event = EVENT.validate_python(one)
        except ValidationError as error:
            rejected.append((index, sentence(error)))
            continue
        key = key_of(client, event.event_id)
        repeated += key in valid
        valid.setdefault(key, event.as_raw(client))
    if not valid:
        return Accepted(rejected=rejected)
    with transaction.atomic():
        new = _new_of(valid, now)
        batch = _stored(client, [valid[key] for key in valid if key in new], now) if new else None
    duplicates = repeated + len(valid) - len(new)
    return Accepted(len(new), duplicates, rejected, batch)


def key_of(client: str, event_id: str) -> UUID:
    """The same for the same id of the same client, and for no other."""
    return UUID(bytes=blake2b(f"{client}\0{event_id}".encode(), digest_size=16).digest())


def _new_of(keys: Any, now: datetime) -> set[UUID]:
    """Take the keys; returns those that nobody had taken.

    One statement: of two requests with the same event at the same time the second waits for the
    first. In order, so that two that share several cannot wait for each other.
    """
    ordered = sorted(keys)
    table = connection.ops.quote_name(EventKey._meta.db_table)
    if connection.vendor == "postgresql":
        statement = (
            f"INSERT INTO {table} (key, accepted_at) SELECT unnest(%s::uuid[]), %s "
            "ON CONFLICT DO NOTHING RETURNING key"
        )
        parameters: list[Any] = [[str(key) for key in ordered], now]
    else:
        places = ", ".join(["(%s, %s)"] * len(ordered))
        statement = (
            f"INSERT INTO {table} (key, accepted_at) VALUES {places} "  # noqa: S608
            "ON CONFLICT DO NOTHING RETURNING key"
        )
        moment = connection.ops.adapt_datetimefield_value(now)
        parameters = [value for key in ordered for value in (key.hex, moment)]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return {UUID(str(key)) for (key,) in cursor.fetchall()}


def _stored(client: str, events: list[dict[str, Any]], now: datetime) -> RawBatch:
    # Sent at once by the caller, who takes it back where the broker is away: one write saved.
    return RawBatch.objects.create(
        client=client, received_at=now, events=events, size=len(events), published_at=now
    )
