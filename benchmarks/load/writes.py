"""Notes each row write of the progress writer: when it was done, and what it said.

It looks at the statements themselves, so that what is counted is what the database was asked.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

WRITER = "progress-"
UPDATE = 'UPDATE "admintools_taskhistory" SET '


class Write(NamedTuple):
    """One UPDATE that changed a row. ``done`` is None where only a heartbeat was written."""

    thread: str
    at: float
    done: int | None


_noted: list[Write] = []


def watch(**_kwargs: Any) -> None:
    """Look at every connection that is opened from now on."""
    connection_created.connect(_look, dispatch_uid="benchmarks.writes")


def taken(run_pk: int) -> list[Write]:
    """The writes to that run by this process, in order."""
    return [write for write in _noted if write.thread == f"{WRITER}{run_pk}"]


def _look(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if _note not in connection.execute_wrappers:
        connection.execute_wrappers.append(_note)


def _note(execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    answer = execute(sql, params, many, context)
    thread = threading.current_thread().name
    if thread.startswith(WRITER) and sql.startswith(UPDATE) and context["cursor"].rowcount == 1:
        _noted.append(Write(thread, time.time(), _value(sql, params, "done")))
    return answer


def _value(sql: str, params: Any, column: str) -> Any:
    """What the statement sets a column to."""
    at = sql.find(f'"{column}" = %s')
    return None if at < 0 else params[sql[:at].count("%s")]
