"""Judged queries: what people type, and which lines answer it.

A file is a JSON object with ``queries``, a list of {id, query, type, area, relevant, best}.
``relevant`` and ``best`` are code prefixes: a line whose code begins with one of ``best`` is an
ideal answer (grade 2), with one of ``relevant`` an acceptable one (grade 1).
"""

import json
from collections.abc import Iterable
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

    def grade(self, code: str) -> int:
        """2 for an ideal answer, 1 for another acceptable one, else 0."""
        if code.startswith(self.best):
            return IDEAL
        return ACCEPTABLE if code.startswith(self.relevant) else 0

    def grades(self, codes: Iterable[str]) -> dict[str, int]:
        """The grades of those of these codes that answer it."""
        return {code: grade for code in codes if (grade := self.grade(code))}


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
