"""Glue: keeping the product's own house."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop

from admintools.jobs.execution import job_task
from admintools.jobs.faults import Failed, Stopped
from admintools.jobs.progress import RunWork
from admintools.jobs.retention import MOST_DAYS, forget
from micasillero.catalog.staging import discard_stale
from micasillero.events.redact import redact

from .faults import domain_faults
from .retained import retained

CLEANUP = "admintools.tasks.cleanup"


@job_task(CLEANUP)
def cleanup(work: RunWork) -> dict[str, Any]:
    """Delete what is past its retention (see retained), runs and log lines first, and uploads
    nobody applied; then empty what events still say of people. Lines that a person confirmed stay.

    The days of runs and lines come from the parameters ``keep_runs_days`` and ``keep_log_days``,
    else the settings.
    """
    message = gettext_noop("Deleted %(n)s old rows")
    deleted = forget(
        runs_days=_days(work, "keep_runs_days", settings.KEEP_RUNS_DAYS),
        lines_days=_days(work, "keep_log_days", settings.KEEP_LOG_DAYS),
        report=lambda n: work.report(n, message=message, phase="delete", n=n),
        should_stop=work.should_stop,
        others=[rows for kept in retained() for rows in kept.old()],
    )
    if work.should_stop():
        raise Stopped
    with domain_faults():
        discard_stale(timedelta(days=settings.KEEP_UPLOADS_DAYS))
        redacted = _redact(work, deleted)
    return {"deleted": deleted, "redacted": redacted}


def _redact(work: RunWork, deleted: int) -> int:
    message = gettext_noop("Emptied %(n)s events of personal data")
    redacted = redact(
        timezone.now() - timedelta(days=settings.KEEP_PERSONAL_DAYS),
        report=lambda n: work.report(deleted + n, message=message, phase="redact", n=n),
        should_stop=work.should_stop,
    )
    if work.should_stop():
        raise Stopped
    return redacted


def _days(work: RunWork, name: str, usual: int) -> int:
    """A schedule's parameters are typed by hand: a slip must not empty the history."""
    days = work.parameters.get(name)
    if days is None:
        return usual
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise Failed(
            "bad_parameter",
            gettext_noop("%(name)s must be a whole number of days, from 1 to %(most)s."),
            {"name": name, "most": MOST_DAYS},
        )
    return days
