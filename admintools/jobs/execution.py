"""Performing one attempt of a run: claim, work, end. Tasks and inline commands both come here."""

import logging
import time
import traceback as tracebacks
from collections.abc import Callable
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import translation
from django.utils.translation import gettext_noop

from . import runlog, transitions
from .draining import Drained
from .faults import Failed, Passing, Stopped
from .models import TaskHistory
from .progress import Fenced, RunWork
from .registry import registry
from .time_limit import OutOfTime

logger = logging.getLogger(__name__)

Body = Callable[[RunWork], dict[str, Any]]

DATABASE_AWAY = (OperationalError, InterfaceError)
END_EVERY = 1.0
OUT_OF_TOUCH = gettext_noop("The worker lost the database. Once it answers again, retry.")
UNEXPECTED = gettext_noop(
    "An unexpected error ended the run (%(kind)s). Its traceback is kept with the run: "
    "tell the engineer on call."
)


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
    with runlog.of_message(run_id, attempt):
        run = transitions.claim(run_id, attempt, worker=worker, celery_id=celery_id)
        if run is None:
            logger.info("Message for run %s, attempt %s dropped: not ours.", run_id, attempt)
            return None
        with runlog.of_attempt(run):
            _work_off(run, on_start)
        return run


def _work_off(run: TaskHistory, on_start: Callable[[RunWork], None] | None) -> None:
    """Do the claimed run's work; afterwards ``run`` is as its row stands."""
    if registry.find(run.job) is None:
        transitions.abandon(run)
        return
    work = RunWork(run)
    if on_start:
        on_start(work)
    with translation.override(settings.LANGUAGE_CODE):
        _write_end(run, _outcome(work))
    run.refresh_from_db()


def _write_end(run: TaskHistory, ended: Callable[[TaskHistory], object]) -> None:
    """Write how the attempt ended. Hours of work may hang on it, so a database that is away is
    waited for as long as the lease lasts; after that the reaper will say so. Raises then: silence
    would look like success."""
    deadline = time.monotonic() + settings.LEASE_SECONDS
    while True:
        try:
            ended(run)
        except DATABASE_AWAY:
            logger.exception("Run %s: its end could not be written.", run.task_id)
            if time.monotonic() > deadline:
                raise
            time.sleep(END_EVERY)
            close_old_connections()
        except SoftTimeLimitExceeded:
            # The work is over; the limit was for that.
            logger.info("Run %s: its end is written beyond the time limit.", run.task_id)
        except Exception as error:
            # A result that cannot be stored will not be storable the next time either.
            logger.exception("Run %s: its end could not be written.", run.task_id)
            trace = tracebacks.format_exc()
            kind = {"kind": type(error).__name__}
            transitions.fail(run, "unexpected", UNEXPECTED, kind, traceback=trace)
            return
        else:
            return


def _outcome(work: RunWork) -> Callable[[TaskHistory], object]:
    """Do the work; return what writes its end."""
    body = registry.body(registry.get(work.run.job))
    try:
        with work:
            result = body(work)
    except Fenced:
        # Taken away: then this changes nothing. Out of touch: then another attempt need not wait
        # for the lease to run out.
        logger.warning("Run %s was taken away, or out of touch too long.", work.run.task_id)
        return _after_passing(work, Passing("database", OUT_OF_TOUCH))
    except Drained:
        logger.info("Run %s is given back: the worker leaves.", work.run.task_id)
        return lambda run: transitions.give_back(run, **work.last())
    except (OutOfTime, SoftTimeLimitExceeded):
        logger.info("Run %s reached the worker's time limit.", work.run.task_id)
        return lambda run: transitions.out_of_time(run, **work.last())
    except Stopped:
        return lambda run: transitions.cancelled(run, **work.last())
    except Passing as fault:
        return _after_passing(work, fault)
    except Failed as fault:
        return _failure(work, fault.code, fault.message, fault.params)
    except DATABASE_AWAY:
        logger.exception("Run %s lost the database.", work.run.task_id)
        return _after_passing(work, Passing("database", OUT_OF_TOUCH))
    except Exception as error:
        logger.exception("Run %s failed.", work.run.task_id)
        return _failure(work, "unexpected", UNEXPECTED, {"kind": type(error).__name__})
    return lambda run: transitions.succeed(run, result, **work.last())


def _after_passing(work: RunWork, fault: Passing) -> Callable[[TaskHistory], object]:
    attempts = registry.get(work.run.job).attempts
    if work.run.inline or work.run.tries >= attempts:
        return _failure(work, fault.code, fault.message, {})
    code, message, after = fault.code, fault.message, fault.after
    return lambda run: transitions.try_again(run, code, message, after=after, **work.last())


def _failure(
    work: RunWork, code: str, message: str, params: dict[str, object]
) -> Callable[[TaskHistory], object]:
    trace = tracebacks.format_exc()
    return lambda run: transitions.fail(run, code, message, params, traceback=trace, **work.last())
