"""What the log says of tasks and of each attempt of a run; every line meanwhile names them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from celery.signals import task_postrun, task_prerun
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars

from .models import Status, TaskHistory
from .registry import registry

logger = structlog.get_logger(__name__)

REQUEST_ID = "request_id"


def request_id() -> str:
    """That of the request which is being answered; "" outside of one."""
    return str(structlog.contextvars.get_contextvars().get(REQUEST_ID, ""))


@task_prerun.connect(dispatch_uid="admintools.task_begins")
def task_begins(task_id: str, task: Any, args: Any = (), **_kwargs: Any) -> None:
    """Of every task: its id and, where one is behind it, that of the request. A run says itself
    that it began, once it is claimed."""
    clear_contextvars()
    asked = task.request.get(REQUEST_ID)
    bind_contextvars(task_id=task_id, **({REQUEST_ID: str(asked)} if asked else {}))
    if not _is_run(task):
        rows = [value for value in args or () if isinstance(value, int)]
        logger.info("task_started", task=task.name, rows=rows)


@task_postrun.connect(dispatch_uid="admintools.task_ended")
def task_ended(task: Any, state: str | None = None, **_kwargs: Any) -> None:
    if not _is_run(task) and state == "SUCCESS":
        logger.info("task_completed", task=task.name)
    elif not _is_run(task):
        logger.warning("task_failed", task=task.name, status=state)
    clear_contextvars()


def _is_run(task: Any) -> bool:
    return registry.has_body(task.name)


def of_message(run_id: int, attempt: int) -> Any:
    """Bind whose message is being worked off."""
    return bound_contextvars(run_id=run_id, attempt=attempt)


@contextmanager
def of_attempt(run: TaskHistory) -> Iterator[None]:
    """Bind the run, say that its attempt began and, by the row as it then stands, how it ended."""
    with bound_contextvars(run_id=run.pk, task_id=run.task_id, attempt=run.attempt):
        began = time.monotonic()
        logger.info("task_started", job=run.job, queue=run.queue, worker=run.worker)
        try:
            yield
        except BaseException as error:
            logger.error("task_failed", job=run.job, error=type(error).__name__)
            raise
        _ended(run, round(time.monotonic() - began, 3))


def _ended(run: TaskHistory, seconds: float) -> None:
    told = {"job": run.job, "status": run.status, "seconds": seconds}
    if run.status == Status.SUCCESS:
        logger.info("task_completed", **told)
    elif run.error_code:
        # Also where another attempt follows (status RETRY).
        logger.warning("task_failed", **told, error=run.error_code)
    else:
        # Cancelled, or handed on by a worker that leaves: nothing broke.
        logger.info("task_stopped", **told)
