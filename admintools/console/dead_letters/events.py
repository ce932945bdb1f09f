"""Batches of events that nobody could store, and single events that were refused."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from admintools.console.formatting import number
from admintools.tasks.events import alerting, put
from micasillero.events.models import EventType, RawBatch, RejectedEvent
from micasillero.events.store import replay

from .kinds import Letter, Outcome, done, key_of

# Of a batch's payload as many events are shown.
SHOWN = 20


class Batches:
    """A replay puts the batch on the queue again."""

    slug = "batch"
    label = gettext_lazy("Batches of events")

    def rows(self) -> QuerySet:
        return RawBatch.objects.dead().annotate(died_at=F("finished_at"))

    def letter(self, row: RawBatch, user: User) -> Letter:
        what = ngettext("%(n)s event of %(client)s", "%(n)s events of %(client)s", row.size)
        return Letter(
            key=key_of(self, row),
            label=_("Batch of events"),
            what=what % {"n": number(row.size), "client": row.client},
            why=_(row.error_message) if row.error_message else "",
            code=row.error_code,
            at=row.died_at,  # type: ignore[attr-defined]
            traceback=row.traceback,
            payload=row.events[:SHOWN] if isinstance(row.events, list) else row.events,
        )

    def replay(self, row: RawBatch, user: User) -> Outcome:
        if not row.replay():
            return Outcome.BEFORE
        # Where the broker is away the dispatcher sends it.
        put(row.pk)
        return Outcome.DONE

    def discard(self, row: RawBatch, user: User) -> Outcome:
        return done(row.discard())


class Events:
    """A replay stores the event, or says again why it cannot."""

    slug = "event"
    label = gettext_lazy("Events")

    def rows(self) -> QuerySet:
        return RejectedEvent.objects.dead().annotate(died_at=F("rejected_at"))

    def letter(self, row: RejectedEvent, user: User) -> Letter:
        told: Any = row.event if isinstance(row.event, dict) else {}
        return Letter(
            key=key_of(self, row),
            label=_("Event"),
            what=_("%(type)s of %(client)s")
            % {"type": _named(told.get("type")), "client": row.client},
            why=_("It cannot be stored: %(error)s") % {"error": row.error_message},
            code=row.error_code,
            at=row.died_at,  # type: ignore[attr-defined]
            traceback=row.traceback,
            payload=row.event,
        )

    def replay(self, row: RejectedEvent, user: User) -> Outcome:
        if row.state != "dead":
            return Outcome.BEFORE
        return Outcome.DONE if replay(row, alerting) else Outcome.FAILED

    def discard(self, row: RejectedEvent, user: User) -> Outcome:
        return done(row.discard())


def _named(kind: Any) -> str:
    """The type of event as people call it; as it stands where it is none."""
    return str(EventType(kind).label) if kind in EventType.values else str(kind)
