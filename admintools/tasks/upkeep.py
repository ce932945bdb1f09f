"""Glue: keeping the product's own house."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from admintools.jobs.execution import job_task
from admintools.jobs.faults import Failed, Stopped
from admintools.jobs.progress import RunWork
from admintools.jobs.retention import MOST_DAYS, forget
from admintools.notify.models import Delivery
from micasillero.catalog.staging import discard_stale
from micasillero.classification.models import Manifest, ManifestLine
from micasillero.quality.models import AskedQuery

from .faults import domain_faults

CLEANUP = "admintools.tasks.cleanup"


@job_task(CLEANUP)
def cleanup(work: RunWork) -> dict[str, Any]:
    """Delete runs, log lines and deliveries older than their retention, what nobody asks for any
    more, old manifests, and uploads nobody applied. Lines that a person confirmed stay.

    The days come from the parameters ``keep_runs_days`` and ``keep_log_days``, else the settings.
    """
    message = gettext_noop("Deleted %(n)s old rows")
    deleted = forget(
        runs_days=_days(work, "keep_runs_days", settings.KEEP_RUNS_DAYS),
        lines_days=_days(work, "keep_log_days", settings.KEEP_LOG_DAYS),
        report=lambda n: work.report(n, message=message, phase="delete", n=n),
        should_stop=work.should_stop,
        others=[*forgotten_queries(), *old_manifests(), *old_deliveries()],
    )
    if work.should_stop():
        raise Stopped
    with domain_faults():
        discard_stale(timedelta(days=settings.KEEP_UPLOADS_DAYS))
    return {"deleted": deleted}


def forgotten_queries() -> list[QuerySet]:
    """Queries that were not asked for so long that nobody misses them."""
    before = timezone.now() - timedelta(days=settings.KEEP_ASKED_DAYS)
    return [AskedQuery.objects.not_asked_since(before)]


def old_manifests() -> list[QuerySet]:
    """Manifests past their retention: their lines before them, which a manifest has many of."""
    before = timezone.now() - timedelta(days=settings.KEEP_MANIFESTS_DAYS)
    return [ManifestLine.objects.made_before(before), Manifest.objects.made_before(before)]


def old_deliveries() -> list[QuerySet]:
    """Notifications that ended, in whatever way, as long ago as runs are kept."""
    before = timezone.now() - timedelta(days=settings.KEEP_RUNS_DAYS)
    return [Delivery.objects.ended_before(before)]


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
