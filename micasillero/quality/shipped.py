"""The judged queries that come with the product, written by us over the built-in catalogue."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from .judged import JudgedQuery, read_judged
from .models import QueryJudgment

FILE = Path(__file__).with_name("shipped_queries.json")
RENEWED = ("query", "type", "area", "relevant", "best")


@dataclass(frozen=True)
class Loaded:
    """How many rows came to be, were brought to this edition, and were left as they are."""

    added: int
    renewed: int
    kept: int


def shipped_queries() -> list[JudgedQuery]:
    """Those of the file."""
    return read_judged(FILE)


def load_shipped() -> Loaded:
    """Add what is missing and renew what an older edition brought; what a person edited stays.

    Rows are found by their name; one that was switched off stays so.
    """
    queries = {query.id: query for query in shipped_queries()}
    with transaction.atomic():
        rows = {row.name: row for row in QueryJudgment.objects.filter(name__in=queries)}
        added = [_row(query) for name, query in queries.items() if name not in rows]
        QueryJudgment.objects.bulk_create(added, ignore_conflicts=True)
        renewed = [
            row for name, row in rows.items()
            if row.edited_at is None and row.as_judged() != queries[name]
        ]  # fmt: skip
        for row in renewed:
            fresh = _row(queries[row.name])
            # By a filter: a person may edit it at this moment, and then it is theirs.
            values = {name: getattr(fresh, name) for name in RENEWED}
            QueryJudgment.objects.unedited().filter(pk=row.pk).update(**values)
    return Loaded(len(added), len(renewed), len(rows) - len(renewed))


def ensure_loaded(**_kwargs: Any) -> None:
    """After `migrate`: load them, once their table is there."""
    if QueryJudgment._meta.db_table in connection.introspection.table_names():
        load_shipped()


def _row(query: JudgedQuery) -> QueryJudgment:
    return QueryJudgment(
        name=query.id,
        query=query.query,
        type=query.type,
        area=query.area,
        relevant=list(query.relevant),
        best=list(query.best),
    )
