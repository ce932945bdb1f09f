"""Writes lines in bulk, inside the caller's transaction, always through the dirty set."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, TypeVar

from django.db import connections, router
from django.db.models import Count, Max, Sum

from . import codes
from .models import PartidaArancelaria
from .values import COLUMNS, Values

CHUNK = 500
Stamp = tuple[int, int | None, int | None]
T = TypeVar("T")


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most ``size``."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


def hold_lines() -> None:
    """Keep every other writer of the lines out until the transaction ends; readers go on.

    SQLite needs nothing: its transactions are immediate and it has one writer.
    """
    connection = connections[router.db_for_write(PartidaArancelaria)]
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(PartidaArancelaria._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")


def stamp() -> Stamp:
    """Differs after any change made through the manager: an insert raises the highest key, a
    delete lowers the count, an update raises the sum of the versions."""
    seen = PartidaArancelaria.objects.aggregate(
        lines=Count("pk"), last=Max("pk"), versions=Sum("version")
    )
    return seen["lines"], seen["last"], seen["versions"]


def _parents(values: Sequence[Values]) -> dict[str | None, int | None]:
    wanted = {v["parent"] for v in values} - {None}
    lines = PartidaArancelaria.objects.filter(item_no__in=wanted)
    return {None: None, **dict(lines.values_list("item_no", "pk"))}


def _line(code: str, values: Values, parents: Mapping[Any, int | None], pk: int | None) -> Any:
    columns = {name: values[name] for name in COLUMNS}
    parent_id = parents.get(values["parent"])
    return PartidaArancelaria(pk=pk, item_no=code, parent_id=parent_id, **columns)


def create_lines(
    lines: Mapping[str, Values], pks: Mapping[str, int] | None = None
) -> Iterator[PartidaArancelaria]:
    """Insert lines by code, parents first, with the given primary keys where there are any."""
    known = pks or {}

    def depth(code: str) -> int:
        return len(codes.digits(code))

    for _depth, level in groupby(sorted(lines, key=depth), key=depth):
        for part in chunks(level):
            parents = _parents([lines[code] for code in part])
            yield from PartidaArancelaria.objects.bulk_create(
                _line(code, lines[code], parents, known.get(code)) for code in part
            )


def update_lines(lines: Iterable[tuple[int, str, Values]]) -> None:
    """Write all values of existing lines, given as (primary key, code, values).

    An upsert: bulk_update writes a CASE for each line and field and is several times slower.
    """
    for part in chunks(lines):
        parents = _parents([values for _pk, _code, values in part])
        PartidaArancelaria.objects.bulk_create(
            [_line(code, values, parents, pk) for pk, code, values in part],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["parent", "updated_at", *COLUMNS],
        )


def delete_lines(pks: Iterable[int]) -> None:
    """Delete lines by primary key."""
    for part in chunks(pks):
        PartidaArancelaria.objects.filter(pk__in=part).delete()
