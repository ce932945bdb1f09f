"""Django's flush, for tests: only the tables that hold something are emptied.

Hundreds of tests end with a flush. TRUNCATE of fifty tables gives each of them and each of their
indexes a new file, and the signal after it makes every permission anew: a second where the rows
themselves take some milliseconds.
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


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        tables = connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
        held = [table for table in tables if table not in KEPT]
        if options["interactive"] or _filled(connection, held, beyond=MANY):
            super().handle(**options)
            return
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            # The order does not matter: foreign keys are looked at when the transaction ends.
            for table in _filled(connection, held):
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
        ensure_schedules()
        ensure_loaded()


def _filled(connection: Any, tables: list[str], beyond: int = 0) -> list[str]:
    """Those that have more rows than that."""
    asked = [
        f"SELECT {number} WHERE EXISTS "
        f"(SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1 OFFSET {beyond})"
        for number, table in enumerate(tables)
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [tables[number] for (number,) in cursor.fetchall()]
