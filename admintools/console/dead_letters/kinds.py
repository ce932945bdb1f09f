"""What a dead letter is, of whatever kind: the seam between the page and the rows.

A dead letter is a state of its row. Each kind says which rows those are, what a person reads of
one, and how it is replayed or discarded; both may be asked for twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from django.contrib.auth.models import User
from django.db.models import QuerySet


class Outcome(StrEnum):
    """What a replay or a discard came to."""

    DONE = "done"
    BEFORE = "before"  # somebody had done it, or it was none any more
    FAILED = "failed"  # it was tried, and is a dead letter still
    FORBIDDEN = "forbidden"


@dataclass(frozen=True)
class Letter:
    """One dead letter as the page shows it. ``payload`` is JSON-able; ``url`` leads to the row's
    own page, "" where it has none; ``form`` to the form through which alone it is replayed."""

    key: str
    label: Any
    what: str
    why: str
    code: str
    at: datetime
    traceback: str = ""
    payload: Any = None
    url: str = ""
    form: str = ""


class Kind(Protocol):
    """One kind of row that may become a dead letter."""

    slug: str
    label: Any

    def rows(self) -> QuerySet:
        """The dead letters among them, with ``died_at``."""

    def letter(self, row: Any, user: User) -> Letter: ...

    def replay(self, row: Any, user: User) -> Outcome:
        """Try it again. Twice is the same as once."""

    def discard(self, row: Any, user: User) -> Outcome:
        """Nobody will replay it."""


def done(won: bool) -> Outcome:
    return Outcome.DONE if won else Outcome.BEFORE


def key_of(kind: Kind, row: Any) -> str:
    return f"{kind.slug}:{row.pk}"


Act = Callable[[Kind, Any, User], Outcome]
