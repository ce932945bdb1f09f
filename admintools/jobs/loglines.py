"""Writing the lines of a run's log by the worker that holds the run, and by no other."""

from collections.abc import Sequence

from django.db import connection

from .models import LogLine, TaskHistory


def add_held(lines: Sequence[LogLine], run_pk: int, epoch: int) -> bool:
    """Insert the lines if the claim with this epoch owns the run; whether it does.

    One statement: a worker that is stopped between asking and writing would write, once it goes
    on, to a run that another has by then. The lines get their keys.
    """
    fields = [f for f in LogLine._meta.concrete_fields if not f.primary_key]
    held = TaskHistory.objects.held_by(epoch).filter(pk=run_pk).values("pk")
    asked, asked_params = held.query.sql_with_params()
    columns = [f"column{n}" for n in range(1, len(fields) + 1)]
    if connection.vendor == "postgresql":
        # It takes the values of a list for text.
        columns = [
            f"CAST({column} AS {field.db_type(connection)})"
            for column, field in zip(columns, fields, strict=True)
        ]
    names = ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)
    row = "(" + ", ".join(["%s"] * len(fields)) + ")"
    statement = (
        f"INSERT INTO {connection.ops.quote_name(LogLine._meta.db_table)} ({names}) "  # noqa: S608
        f"SELECT {', '.join(columns)} FROM (VALUES {', '.join([row] * len(lines))}) AS told "
        f"WHERE EXISTS ({asked}) RETURNING id"
    )
    values = [
        field.get_db_prep_save(getattr(line, field.attname), connection)
        for line in lines
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *asked_params])
        keys = sorted(key for (key,) in cursor.fetchall())
    for line, key in zip(lines, keys, strict=False):
        line.pk = key
    return bool(keys)
