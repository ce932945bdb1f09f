"""All dead letters, newest first, whatever their kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime

from .deliveries import Deliveries
from .events import Batches, Events
from .kinds import Kind, Letter
from .runs import Runs

KINDS: tuple[Kind, ...] = (Runs(), Batches(), Events(), Deliveries())
BY_SLUG = {kind.slug: kind for kind in KINDS}
PER_PAGE = 50


class UnknownKey(ValueError):  # noqa: N818 - told to the person as it is
    """What was ticked is no dead letter of any kind."""


@dataclass(frozen=True)
class Place:
    """Where a page ends: below it stand those that died earlier, of one instant the later kinds and
    in a kind the smaller numbers."""

    at: datetime
    kind: int
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.kind}~{self.pk}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """The place that an address names; None for what is none, which shows the newest."""
        time, _tilde, rest = text.partition("~")
        kind, _tilde, pk = rest.partition("~")
        try:
            at = parse_datetime(time)
            return cls(at, int(kind), int(pk)) if at and at.tzinfo else None
        except ValueError:
            return None

    def below(self, rows: QuerySet, kind: int) -> QuerySet:
        earlier, same = Q(died_at__lt=self.at), Q(died_at=self.at)
        if kind < self.kind:
            return rows.filter(earlier)
        if kind == self.kind:
            same &= Q(pk__lt=self.pk)
        return rows.filter(earlier | same)


def page(
    kinds: Iterable[Kind], user: User, below: Place | None = None
) -> tuple[list[Letter], Place | None]:
    """The newest of them below that place, and the place where the next page goes on; None after
    the last page."""
    found: list[tuple[datetime, int, int, Any]] = []
    for kind in kinds:
        number = KINDS.index(kind)
        rows = below.below(kind.rows(), number) if below else kind.rows()
        newest = rows.order_by("-died_at", "-pk")[: PER_PAGE + 1]
        found += [(row.died_at, -number, row.pk, row) for row in newest]
    found.sort(key=lambda one: one[:3], reverse=True)
    shown = found[:PER_PAGE]
    letters = [KINDS[-number].letter(row, user) for _at, number, _pk, row in shown]
    if len(found) <= PER_PAGE:
        return letters, None
    at, number, pk, _row = shown[-1]
    return letters, Place(at, -number, pk)


def named(keys: Iterable[str]) -> list[tuple[Kind, Any]]:
    """The rows of these keys ("kind:number") that are dead letters or were. Raises UnknownKey."""
    rows = []
    for key in dict.fromkeys(keys):
        slug, _colon, number = key.partition(":")
        kind = BY_SLUG.get(slug)
        if kind is None or not number.isdecimal() or len(number) > 18:
            raise UnknownKey(key)
        row = kind.rows().model.objects.filter(pk=int(number)).first()
        if row is not None:
            rows.append((kind, row))
    return rows
