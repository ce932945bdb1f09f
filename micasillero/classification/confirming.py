"""A person confirms a tariff line for some goods: on the page, or for a line of a manifest."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from micasillero.catalog.models import CourierCategory, PartidaArancelaria

from .models import Classification, Currency, Manifest, ManifestLine


@dataclass(frozen=True)
class Choice:
    """The goods and the line chosen for them. ``rank`` and ``shown``: see Classification."""

    query: str
    partida: PartidaArancelaria
    rank: int | None = None
    shown: int = 0
    cif: Decimal | None = None
    currency: str = Currency.DOLLARS

    def columns(self) -> dict[str, Any]:
        """As Classification keeps it."""
        told = {name: getattr(self, name) for name in ("query", "partida", "rank", "shown", "cif")}
        return {**told, "code": self.partida.item_no, "currency": self.currency}


class AnotherPress(Exception):  # noqa: N818 - an answer to the person, not a fault
    """This press of the button was for other goods, another line or somebody else."""


def confirm(user: Any, choice: Choice, press: uuid.UUID) -> tuple[Classification, bool]:
    """Keep the choice: (what is kept, whether this call kept it). The same press again returns
    what was kept; raises AnotherPress when that was another choice."""
    kept, new = Classification.objects.get_or_create(
        press=press, defaults={**choice.columns(), "user": user}
    )
    same = (kept.user_id, kept.query, kept.code) == (user.pk, choice.query, choice.partida.item_no)
    if not new and not same:
        raise AnotherPress
    return kept, new


def confirm_lines(
    user: Any, manifest: Manifest, chosen: Mapping[ManifestLine, PartidaArancelaria]
) -> None:
    """Keep what was chosen for lines of a manifest; a later choice replaces an earlier one."""
    with transaction.atomic():
        for line, partida in chosen.items():
            line.choose(partida)
            choice = Choice(
                query=line.text,
                partida=partida,
                rank=line.rank_of(partida.item_no),
                shown=len(line.hits),
                cif=line.cif,
                currency=manifest.currency,
            )
            Classification.objects.update_or_create(
                manifest_line=line,
                defaults={**choice.columns(), "user": user, "confirmed_at": timezone.now()},
            )


def withdraw_lines(lines: Iterable[ManifestLine]) -> None:
    """Take back what was confirmed for lines of a manifest. The confirmation is deleted: learning
    must not start from what nobody stands by."""
    with transaction.atomic():
        for line in lines:
            line.withdraw()
            Classification.objects.filter(manifest_line=line).delete()


def first_hits(lines: Iterable[ManifestLine]) -> dict[ManifestLine, PartidaArancelaria]:
    """The first hit of each of these lines whose tariff line is there and may be carried freely
    now, whatever was so when it was searched."""
    by_code = {line: line.hits[0]["code"] for line in lines if line.hits}
    found = leaves_by_code(by_code.values())
    first = {line: found[code] for line, code in by_code.items() if code in found}
    return {line: partida for line, partida in first.items() if is_free(partida)}


def is_free(partida: PartidaArancelaria) -> bool:
    """May couriers carry it without more ado?"""
    return partida.courier_category == CourierCategory.ALLOWED


def leaves_by_code(codes: Any) -> dict[str, PartidaArancelaria]:
    """The tariff lines of these codes, as far as they exist."""
    lines = PartidaArancelaria.objects.leaves().filter(item_no__in=set(codes))
    return {line.item_no: line for line in lines}
