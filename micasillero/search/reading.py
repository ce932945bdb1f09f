"""Reads tariff lines for the index: by key, in chunks, with the texts above each line.

By key and not by OFFSET, which reads again everything it skips; by tuples and not by model
objects, which cost twice the time. Memory does not grow with the catalogue.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from django.db import connection
from django.db.models import F, FloatField, QuerySet
from django.db.models.functions import Cast

from micasillero.catalog.models import PartidaArancelaria
from micasillero.keywords.models import Keyword
from micasillero.keywords.querysets import KeywordQuerySet

from .documents import COLUMNS, Line, Lineage, Row, lineage_of, lines_of, split_exclusions

CHUNK = 1_000
# Chunks read at once: fewer queries, while progress is told and asked for each chunk.
CHUNKS_READ = 4
# Databases limit the number of parameters of one statement; SQLite's old limit is 999.
PARAMETERS = 900
# Branches kept while reading; their lines stand near each other, so few are read twice.
BRANCHES_KEPT = 5_000
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

    def of(self, rows: Sequence[Row]) -> list[Lineage]:
        """The lineage of each row."""
        self.prepare({row[1] for row in rows})
        return [self.above(row[1]) for row in rows]


def _by_line(keywords: KeywordQuerySet) -> dict[int, tuple[str, ...]]:
    """The texts of the approved ones by line, in an order that is always the same."""
    found: dict[int, list[str]] = {}
    rows = keywords.approved().order_by("partida_id", "text", "language")
    for line, text in rows.values_list("partida_id", "text").iterator(chunk_size=CHUNK * 10):
        found.setdefault(line, []).append(text)
    return {line: tuple(dict.fromkeys(texts)) for line, texts in found.items()}


def _rows_by_key() -> Callable[[int], list[Row]]:
    """A function that reads the rows after a key.

    Compiled once and fetched as the database gives them: that is half the time of a queryset, and
    no column needs converting.
    """
    unset = -1
    chosen = leaf_rows().filter(pk__gt=unset)[: CHUNK * CHUNKS_READ]
    sql, params = chosen.query.get_compiler(connection=connection).as_sql()

    def read(after: int) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [after if value == unset else value for value in params])
            return cursor.fetchall()

    return read


def all_lines() -> Iterator[list[Line]]:
    """Every leaf in chunks of CHUNK, in the order of the key."""
    lineages, read = Lineages(), _rows_by_key()
    rows = read(0)
    while rows:
        chosen = Keyword.objects.filter(partida_id__gte=rows[0][0], partida_id__lte=rows[-1][0])
        lines = lines_of(rows, lineages.of(rows), _by_line(chosen))
        for start in range(0, len(lines), CHUNK):
            yield lines[start : start + CHUNK]
        if len(rows) < CHUNK * CHUNKS_READ:
            return
        rows = read(rows[-1][0])


def some_lines(ids: Iterable[int]) -> Iterator[tuple[list[int], list[Line]]]:
    """For chunks of the given ids: (the ids, the leaves among them that exist)."""
    lineages, rows, wanted = Lineages(), leaf_rows(), iter(ids)
    while part := list(islice(wanted, PARAMETERS)):
        found = list(rows.filter(pk__in=part))
        chosen = Keyword.objects.filter(partida_id__in=part)
        yield part, lines_of(found, lineages.of(found), _by_line(chosen))
