"""Performing one attempt of a run: claim, work, end. Tasks and inline commands both come here."""

import logging
import traceback as tracebacks
from collections.abc import Callable
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_noop

from . import transitions
from .faults import Failed, Passing, Stopped
from .models import TaskHistory
from .progress import Fenced, RunWork
from .registry import registry

logger = logging.getLogger(__name__)

Body = Callable[[RunWork], dict[str, Any]]


def job_task(wire_name: str) -> Callable[[Body], Body]:
    """Make a body the Celery task of that wire name. The message is (row id, attempt)."""

    def register(body: Body) -> Body:
        registry.add_body(wire_name, body)

        @shared_task(name=wire_name, bind=True, ignore_result=True)
        def task(self: Any, run_id: int, attempt: int) -> None:
            perform(
                run_id,
                attempt,
                worker=str(self.request.hostname or ""),
                celery_id=str(self.request.id or ""),
            )

        return body

    return register


def perform(
    run_id: int,
    attempt: int,
    *,
    worker: str,
    celery_id: str = "",
    on_start: Callable[[RunWork], None] | None = None,
) -> TaskHistory | None:
    """Claim the run and do its work. Returns the row as it stands, None when the claim was lost.

    ``on_start`` receives the work before it begins, so that a command can stop it on Ctrl-C.
    """
    run = transitions.claim(run_id, attempt, worker=worker, celery_id=celery_id)
    if run is None:
        logger.info("Message for run %s, attempt %s dropped: not ours.", run_id, attempt)
        return None
    work = RunWork(run)
    if on_start:
        on_start(work)
    with translation.override(settings.LANGUAGE_CODE):
        ended = _outcome(work)
        try:
            ended(run)
        except Exception:
            # The work is done but its end could not be written: the lease will run out and the
            # reaper will say so. Silence here would look like success.
            logger.exception("Run %s: its end could not be written.", run.task_id)
            raise
    run.refresh_from_db()
    return run


def _outcome(work: RunWork) -> Callable[[TaskHistory], object]:
    """Do the work; return what writes its end."""
    body = registry.body(registry.get(work.run.job))
    try:
        with work:
            result = body(work)
    except Fenced:
        logger.warning("Run %s was taken away; this worker changed nothing more.", work.run.task_id)
        return lambda run: None
    except SoftTimeLimitExceeded:
        return lambda run: transitions.fail(
            run,
            "time_limit",
            gettext_noop("The run took longer than the worker's time limit and was ended."),
            **work.last(),
        )
    except Stopped:
        return lambda run: transitions.cancelled(run, **work.last())
    except Passing as fault:
        return _after_passing(work, fault)
    except Failed as fault:
        return _failure(work, fault.code, fault.message, fault.params)
    except Exception as error:
        logger.exception("Run %s failed.", work.run.task_id)
        text = gettext_noop(
            "An unexpected error ended the run (%(kind)s). Its traceback is kept with the run: "
            "tell the engineer on call."
        )
        return _failure(work, "unexpected", text, {"kind": type(error).__name__})
    return lambda run: transitions.succeed(run, result, **work.last())


def _after_passing(work: RunWork, fault: Passing) -> Callable[[TaskHistory], object]:
    attempts = registry.get(work.run.job).attempts
    if work.run.inline or work.run.attempt >= attempts:
        return _failure(work, fault.code, fault.message, {})
    code, message, after = fault.code, fault.message, fault.after
    return lambda run: transitions.try_again(run, code, message, after=after, **work.last())


def _failure(
    work: RunWork, code: str, message: str, params: dict[str, object]
) -> Callable[[TaskHistory], object]:
    trace = tracebacks.format_exc()
    return lambda run: transitions.fail(run, code, message, params, traceback=trace, **work.last())
