"""What an import writes on a line, as Python values and as the JSON that a batch keeps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

RATE_FIELDS = ("impuesto_dai", "impuesto_isc", "impuesto_ispc", "impuesto_isv")
CATEGORY_FIELDS = ("courier_category", "category_reason", "permit_authority")
COLUMNS = (
    "descripcion",
    "descripcion_en",
    "is_leaf",
    *RATE_FIELDS,
    *CATEGORY_FIELDS,
    "category_by_hand",
)
# `parent` is the parent's code: a primary key says nothing to a reader and may be another later.
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One stored line: its primary key, its code and ``{parent, *COLUMNS}``."""

    pk: int
    code: str
    values: Values


def stored_lines(chosen: QuerySet) -> Iterator[Line]:
    """The chosen lines with their values."""
    rows = chosen.order_by().values_list("pk", "item_no", "parent__item_no", *COLUMNS)
    for pk, code, parent, *columns in rows:
        yield Line(pk, code, {"parent": parent, **dict(zip(COLUMNS, columns, strict=True))})


def to_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Rates as strings with four decimals, the rest as it is."""
    return {
        name: f"{value:.4f}" if isinstance(value, Decimal) else value
        for name, value in values.items()
    }


def from_json(kept: Mapping[str, Any]) -> Values:
    """The inverse of to_json."""
    return {name: Decimal(value) if name in RATE_FIELDS else value for name, value in kept.items()}
