"""Reads tariff lines for the index: by key, in chunks, with the texts above each line.

By key and not by OFFSET, which reads again everything it skips; by tuples and not by model
objects, which cost twice the time. Memory does not grow with the catalogue.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.db.models import F, FloatField, QuerySet
from django.db.models.functions import Cast

from micasillero.catalog.models import PartidaArancelaria

from .documents import COLUMNS, Line, Lineage, Row, line_of, lineage_of, split_exclusions

CHUNK = 2_000
# Databases limit the number of parameters of one statement; SQLite's old limit is 999.
PARAMETERS = 900
# Branches kept while reading; their lines stand near each other, so few are read twice.
BRANCHES_KEPT = 20_000
DEEPEST = 32


class _Real(FloatField):
    """A float as the database gives it: Django would take each value in hand once more."""

    def get_internal_type(self) -> str:
        return "Real"

    def db_type(self, connection: object) -> str:
        return "double precision"


def leaf_rows() -> QuerySet:
    """The columns of every leaf as tuples (``documents.Row``), in the order of the key."""
    rates = {
        # As floats from the database itself: building Decimals took longer than the rest.
        name: Cast(F(f"impuesto_{name}"), _Real())
        for name in ("dai", "isc", "ispc", "isv")
    }
    leaves = PartidaArancelaria.objects.filter(is_leaf=True).annotate(**rates)
    return leaves.order_by("pk").values_list(*COLUMNS)


class Lineages:
    """The texts above lines, read level by level and kept for one pass.

    One object serves one pass only: what it keeps may be out of date afterwards.
    """

    def __init__(self) -> None:
        self._branches: dict[int, tuple[int | None, str]] = {}
        self._built: dict[int | None, Lineage] = {None: lineage_of(())}

    def prepare(self, parents: Iterable[int | None]) -> None:
        """Read the branches above these parents that are not here yet."""
        if len(self._branches) > BRANCHES_KEPT:
            self._branches.clear()
            self._built = {None: lineage_of(())}
        missing = {p for p in parents if p is not None and p not in self._branches}
        while missing:
            found = dict(self._read(sorted(missing)))
            self._branches.update(found)
            above = {parent for parent, _ in found.values() if parent is not None}
            missing = above - self._branches.keys()

    def _read(self, ids: Sequence[int]) -> Iterator[tuple[int, tuple[int | None, str]]]:
        for start in range(0, len(ids), PARAMETERS):
            part = ids[start : start + PARAMETERS]
            rows = PartidaArancelaria.objects.filter(pk__in=part).order_by()
            for pk, parent, text in rows.values_list("pk", "parent_id", "descripcion"):
                yield pk, (parent, split_exclusions(text)[0])

    def above(self, parent: int | None) -> Lineage:
        """The lineage of the lines below ``parent``."""
        lineage = self._built.get(parent)
        if lineage is None:
            texts: list[str] = []
            branch = parent
            # A loop of parents would be a fault of the data; it must not hang the index.
            while branch is not None and branch in self._branches and len(texts) < DEEPEST:
                branch, text = self._branches[branch]
                texts.append(text)
            lineage = self._built[parent] = lineage_of(reversed(texts))
        return lineage


def _lines(rows: list[Row], lineages: Lineages) -> list[Line]:
    lineages.prepare({row[1] for row in rows})
    above = lineages.above
    return [line_of(row, above(row[1])) for row in rows]


def all_lines() -> Iterator[list[Line]]:
    """Every leaf in chunks of CHUNK, in the order of the key."""
    lineages, rows = Lineages(), leaf_rows()
    chunk: list[Row] = list(rows[:CHUNK])
    while chunk:
        yield _lines(chunk, lineages)
        if len(chunk) < CHUNK:
            return
        chunk = list(rows.filter(pk__gt=chunk[-1][0])[:CHUNK])


def some_lines(ids: Iterable[int]) -> Iterator[tuple[list[int], list[Line]]]:
    """For chunks of the given ids: (the ids, the leaves among them that exist)."""
    lineages, rows, wanted = Lineages(), leaf_rows(), iter(ids)
    while part := list(islice(wanted, PARAMETERS)):
        yield part, _lines(list(rows.filter(pk__in=part)), lineages)
