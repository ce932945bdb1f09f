"""Judged queries: what people type, and which lines answer it.

A file is a JSON object with ``queries``, a list of {id, query, type, area, relevant, best}.
``relevant`` and ``best`` are code prefixes: a line whose code begins with one of ``best`` is an
ideal answer (grade 2), with one of ``relevant`` an acceptable one (grade 1).
"""

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop as _

from micasillero.work import WorkError

IDEAL, ACCEPTABLE = 2, 1


@dataclass(frozen=True)
class JudgedQuery:
    """One query with its judgment."""

    id: str
    query: str
    type: str
    area: str
    relevant: tuple[str, ...]
    best: tuple[str, ...]

    def grades(self, codes: Sequence[str]) -> dict[str, int]:
        """The grades of those of these codes, in order, that answer it: 2 for an ideal answer, 1
        for another acceptable one."""
        acceptable = {code: ACCEPTABLE for prefix in self.relevant for code in below(prefix, codes)}
        return acceptable | {code: IDEAL for prefix in self.best for code in below(prefix, codes)}


def below(prefix: str, codes: Sequence[str]) -> Iterator[str]:
    """Those of the codes, in order, that begin with the prefix. A tariff is long, and it is asked
    for each query."""
    place = bisect_left(codes, prefix)
    while place < len(codes) and codes[place].startswith(prefix):
        yield codes[place]
        place += 1


def read_judged(path: Path) -> list[JudgedQuery]:
    """The queries of a file. Raises WorkError("bad_queries") that says what to mend."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _bad(path, f"{error}") from None
    rows = told.get("queries") if isinstance(told, dict) else None
    if not isinstance(rows, list) or not rows:
        raise _bad(path, 'it needs an object with a list "queries"')
    found = [_query(path, number, row) for number, row in enumerate(rows, 1)]
    if len({query.id for query in found}) < len(found):
        raise _bad(path, "two queries have the same id")
    return found


def _query(path: Path, number: int, row: Any) -> JudgedQuery:
    if not isinstance(row, dict):
        raise _bad(path, f"query {number} is no object")
    texts = {name: row.get(name, "") for name in ("id", "query", "type", "area")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise _bad(path, f"query {number}: id, query, type and area are texts")
    if not texts["id"] or not texts["query"].strip():
        raise _bad(path, f"query {number} needs an id and a query")
    lists = {name: row.get(name, []) for name in ("relevant", "best")}
    for name, codes in lists.items():
        if not isinstance(codes, list) or not all(isinstance(c, str) and c for c in codes):
            raise _bad(path, f"query {texts['id']}: {name} is a list of code prefixes")
    if not lists["relevant"]:
        raise _bad(path, f"query {texts['id']} names no relevant code")
    return JudgedQuery(**texts, relevant=tuple(lists["relevant"]), best=tuple(lists["best"]))


def _bad(path: Path, fault: str) -> WorkError:
    return WorkError(
        "bad_queries", _("%(file)s cannot be used: %(fault)s."), file=path.name, fault=fault
    )
