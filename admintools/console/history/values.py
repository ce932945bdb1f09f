"""The different values of a column of a million rows, read from its index in steps.

Each step asks for the next greater value, so that it costs as many look-ups as there are values,
where SELECT DISTINCT reads every row.
"""

from django.db import connection

from admintools.jobs.models import TaskHistory

MOST = 500

JOBS, NAMES, CODES = "job", "initiated_by", "error_code"
ERROR_STARTS = "error_start"
# As querysets.ERROR_START writes it on that database: the index is found by its expression.
_EXPRESSIONS = {
    "postgresql": "LEFT(error_message, 200)",
    "sqlite": "SUBSTR(error_message, 1, 200)",
}
_STEPS = """
WITH RECURSIVE found(value) AS (
    SELECT MIN({value}) FROM {table} WHERE {value} > '' {condition}
    UNION ALL
    SELECT (SELECT MIN({value}) FROM {table} WHERE {value} > found.value {condition})
    FROM found WHERE found.value IS NOT NULL
)
SELECT value FROM found WHERE value IS NOT NULL LIMIT %s
"""


def different(column: str, most: int = MOST) -> list[str]:
    """The values other than "" of one of the columns above, at most so many, in order."""
    sql = _STEPS.format(
        table=TaskHistory._meta.db_table,
        value=_EXPRESSIONS[connection.vendor] if column == ERROR_STARTS else column,
        condition="AND error_code > ''" if column in (CODES, ERROR_STARTS) else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [most])
        return [value for (value,) in cursor.fetchall()]
