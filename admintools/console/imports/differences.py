"""What an import changes, told for a person: which field, from what, to what."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from admintools.console.formatting import NBSP, number
from micasillero.catalog.models import CourierCategory, ImportChange, PartidaArancelaria

LONGEST = 160
COUNTED = (
    ("created", pgettext_lazy("lines", "Created")),
    ("updated", pgettext_lazy("lines", "Changed")),
    ("removed", pgettext_lazy("lines", "Removed")),
    ("unchanged", pgettext_lazy("lines", "Unchanged")),
    ("skipped", pgettext_lazy("lines", "Skipped")),
    ("leaves", _("Tariff lines")),
    ("branches", _("Headings")),
    ("read", _("Rows read")),
)


@dataclass(frozen=True)
class FieldChange:
    """``before`` and ``after`` as text; "" where there was or is nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """One line of the tariff and what happens to it. ``tone`` colours its badge."""

    code: str
    kind: str
    tone: str
    fields: list[FieldChange]


def figures(counts: dict[str, Any]) -> list[tuple[str, str]]:
    """(label, figure) of what was counted, what changes first."""
    return [(str(label), number(counts[key])) for key, label in COUNTED if key in counts]


def from_preview(sample: Iterable[dict[str, Any]]) -> list[Difference]:
    """The sample of micasillero.catalog.staging.preview."""
    return [_difference(d["code"], d["kind"], d["before"], d["after"]) for d in sample]


def from_changes(changes: Iterable[ImportChange]) -> list[Difference]:
    """What an applied import did."""
    return [_difference(c.item_no, c.kind, c.before, c.after) for c in changes]


def _difference(
    code: str, kind: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> Difference:
    tones = {"CREATED": "ok", "UPDATED": "info", "REMOVED": "err"}
    old, new = before or {}, after or {}
    names = list(dict.fromkeys([*old, *new]))
    fields = [
        FieldChange(_label(name), _shown(name, old.get(name)), _shown(name, new.get(name)))
        for name in names
        if name in _told_of(kind)
    ]
    told = [f for f in fields if f.before or f.after]
    return Difference(code, str(ImportChange.Kind(kind).label), tones[kind], told)


def _told_of(kind: str) -> tuple[str, ...]:
    """A new or a gone line is known by its text and rates; of a changed one all that changed."""
    essential = ("descripcion", "impuesto_dai", "impuesto_isc", "impuesto_ispc", "impuesto_isv")
    if kind != "UPDATED":
        return essential
    others = ("descripcion_en", "parent", "courier_category", "category_reason", "permit_authority")
    return (*essential, *others)


def _label(name: str) -> str:
    return str(getattr(PartidaArancelaria._meta.get_field(name), "verbose_name", name))


def _shown(name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if name.startswith("impuesto_"):
        return f"{float(value) * 100:g}{NBSP}%"
    if name == "courier_category":
        return str(CourierCategory(value).label)
    return Truncator(str(value)).chars(LONGEST)
