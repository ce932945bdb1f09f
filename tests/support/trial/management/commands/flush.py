"""Django's flush, for tests: only the tables that hold something are emptied.

Hundreds of tests end with a flush. TRUNCATE of fifty tables gives each of them and each of their
indexes a new file, and the signal after it makes every permission, schedule and judged query anew:
a second where the rows themselves take some milliseconds.
"""

from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction

from admintools.definitions import ensure_schedules
from micasillero.quality.shipped import ensure_loaded

# Made by `migrate`, changed by no test.
KEPT = {"django_content_type", "auth_permission"}
# From here on it is TRUNCATE that is quicker, and leaves no dead rows behind.
MANY = 5_000

Rows = list[tuple[Any, ...]]
# Of each database: its tables, and what stands in those that are not empty after a flush.
_tables: dict[str, list[str]] = {}
_shipped: dict[str, dict[str, Rows]] = {}


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        name = str(connection.settings_dict["NAME"])
        if name not in _tables:
            found = connection.introspection.django_table_names(
                only_existing=True, include_views=False
            )
            _tables[name] = [table for table in found if table not in KEPT]
        filled = _filled(connection, _tables[name])
        if options["interactive"] or max(filled.values(), default=0) > MANY:
            # It numbers rows from 1 again: what was there before would stand in their way.
            _shipped.pop(name, None)
            super().handle(**options)
            return
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            # The order does not matter: foreign keys are looked at when the transaction ends.
            shipped = _shipped.get(name, {})
            for table in filled.keys() | shipped.keys():
                if table in shipped and _rows(cursor, table) == shipped[table]:
                    continue
                cursor.execute(f"DELETE FROM {table}")
                _restore(cursor, table, shipped.get(table, []))
        if name not in _shipped:
            ensure_schedules()
            ensure_loaded()
            with connection.cursor() as cursor:
                standing = _filled(connection, _tables[name])
                _shipped[name] = {table: _rows(cursor, table) for table in standing}


def _filled(connection: Any, tables: list[str]) -> dict[str, int]:
    """Those that are not empty, quoted, and how many rows they have; beyond MANY one more."""
    quoted = [connection.ops.quote_name(table) for table in tables]
    asked = [
        f"SELECT {number}, (SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {MANY + 1}) AS few)"
        for number, table in enumerate(quoted)
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return {quoted[number]: rows for number, rows in cursor.fetchall() if rows}


def _rows(cursor: Any, table: str) -> Rows:
    cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
    return [tuple(row) for row in cursor.fetchall()]


def _restore(cursor: Any, table: str, rows: Rows) -> None:
    if rows:
        places = ", ".join(["%s"] * len(rows[0]))
        cursor.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
