"""What one event must look like: docs/events.md in code.

An event is checked when it arrives and kept in the raw batch as its columns, already without
anything that names a person (see pseudonyms).
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.conf import settings
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyAddress,
    StringConstraints,
    TypeAdapter,
)
from pydantic_core import PydanticCustomError

from micasillero.personal import redacted
from micasillero.search.intent import CodeIntent, intent_of

from .models import LONGEST_CODE, LONGEST_ID, LONGEST_TEXT
from .pseudonyms import network, pseudonym

LONGEST_QUERY = 200
LONGEST_NAME = 200
MOST_CODES = 50
MOST_RESULTS = 1_000_000
LAST_RANK = 1000
# Clocks differ.
AHEAD = timedelta(minutes=5)


def _plain(text: str) -> str:
    """Blanks as single spaces, no control characters: PostgreSQL takes no NUL, a page none."""
    text = " ".join(text.split())
    if not text:
        raise PydanticCustomError("empty", "is empty")
    if not text.isprintable():
        raise PydanticCustomError("not_printable", "holds control characters")
    return text


def _in_time(moment: datetime) -> datetime:
    now = datetime.now(moment.tzinfo)
    if moment > now + AHEAD:
        raise PydanticCustomError("too_early", "lies in the future")
    if moment < now - timedelta(days=settings.KEEP_EVENTS_DAYS):
        raise PydanticCustomError("too_late", "is older than what is kept")
    return moment


def _short(most: int) -> Any:
    return Annotated[str, StringConstraints(max_length=most, min_length=1), AfterValidator(_plain)]


_ID = r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"
Id = Annotated[str, StringConstraints(pattern=_ID, max_length=LONGEST_ID)]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9.]*$", max_length=LONGEST_CODE)]
Rank = Annotated[int, Field(ge=1, le=LAST_RANK, strict=True)]


class _Event(BaseModel):
    """What all have. ``client_id`` is the customer's number at the sender, left out for a visitor
    who is not logged in; ``address`` the IP address of his device, where the sender has it."""

    model_config = ConfigDict(extra="forbid")

    event_id: Id
    client_id: _short(LONGEST_NAME) | None = None  # type: ignore[valid-type]
    session: _short(LONGEST_NAME)  # type: ignore[valid-type]
    occurred_at: Annotated[AwareDatetime, AfterValidator(_in_time)]
    address: IPvAnyAddress | None = None

    def as_raw(self, client: str) -> dict[str, Any]:
        """As the raw batch keeps it: the columns of the event, as JSON."""
        session = pseudonym("session", client, self.session)
        return {
            "event_id": self.event_id,
            "type": self.type,  # type: ignore[attr-defined]
            "occurred_at": self.occurred_at.isoformat(),
            "session": session,
            "person": pseudonym("person", client, self.client_id or "") or session,
            "network": network(self.address),
            **self.own(),
        }

    def own(self) -> dict[str, Any]:
        """The columns of its type."""
        raise NotImplementedError


class Search(_Event):
    """Somebody searched ``query`` and was told of so many ``results``."""

    type: Literal["search"]
    query: _short(LONGEST_QUERY)  # type: ignore[valid-type]
    results: Annotated[int, Field(ge=0, le=MOST_RESULTS, strict=True)]

    def own(self) -> dict[str, Any]:
        return {"query": _told(self.query), "results": self.results}


class Impression(_Event):
    """Somebody who searched ``query`` was shown these ``codes``, the first one at the top."""

    type: Literal["impression"]
    query: _short(LONGEST_QUERY)  # type: ignore[valid-type]
    codes: Annotated[list[Code], Field(min_length=1, max_length=MOST_CODES)]

    def own(self) -> dict[str, Any]:
        return {"query": _told(self.query), "codes": self.codes}


class Selection(_Event):
    """Somebody who searched ``query`` chose the line ``code``, which stood at ``rank`` (from 1)."""

    type: Literal["selection"]
    query: _short(LONGEST_QUERY)  # type: ignore[valid-type]
    code: Code
    rank: Rank

    def own(self) -> dict[str, Any]:
        return {"query": _told(self.query), "code": self.code, "rank": self.rank}


class Declaration(_Event):
    """Somebody declared goods; ``value`` in US dollars, ``code`` where it is known."""

    type: Literal["declaration"]
    description: _short(LONGEST_TEXT)  # type: ignore[valid-type]
    code: Code | None = None
    value: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)] | None = None

    def own(self) -> dict[str, Any]:
        told: dict[str, Any] = {"description": redacted(self.description)[:LONGEST_TEXT]}
        if self.code:
            told["code"] = self.code
        if self.value is not None:
            told["value"] = str(self.value)
        return told


AnyEvent = Annotated[Search | Impression | Selection | Declaration, Field(discriminator="type")]
EVENT: TypeAdapter[Search | Impression | Selection | Declaration] = TypeAdapter(AnyEvent)


def _told(query: str) -> str:
    """Without personal data; the digits of a tariff code are none."""
    hidden = redacted(query)
    if hidden == query or isinstance(intent_of(query), CodeIntent):
        return query
    return hidden[:LONGEST_QUERY]
