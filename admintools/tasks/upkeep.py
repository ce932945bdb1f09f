"""Glue: keeping the product's own house."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop

from admintools.jobs.execution import job_task
from admintools.jobs.faults import Stopped
from admintools.jobs.progress import RunWork
from admintools.jobs.retention import forget
from micasillero.catalog.staging import discard_stale

from .faults import domain_faults

CLEANUP = "admintools.tasks.cleanup"


@job_task(CLEANUP)
def cleanup(work: RunWork) -> dict[str, Any]:
    """Delete runs and log lines older than their retention, and uploads nobody applied."""
    message = gettext_noop("Deleted %(n)s old rows")
    deleted = forget(
        runs_days=settings.KEEP_RUNS_DAYS,
        lines_days=settings.KEEP_LOG_DAYS,
        report=lambda n: work.report(n, message=message, phase="delete", n=n),
        should_stop=work.should_stop,
    )
    if work.should_stop():
        raise Stopped
    with domain_faults():
        discard_stale(timedelta(days=settings.KEEP_UPLOADS_DAYS))
    return {"deleted": deleted}
