"""What is kept for so many days, besides runs and their lines: the one list of a cleanup.

Whoever adds a table that grows adds it here: it is deleted, and the launch page says how much.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django_celery_results.models import TaskResult

from admintools.jobs.models import TaskHistory
from admintools.notify.models import Delivery
from admintools.watch.models import JobHour, QueueHour
from micasillero.classification.models import Manifest, ManifestLine
from micasillero.compliance.models import Alert
from micasillero.events.models import Event, EventKey, RawBatch, RejectedEvent
from micasillero.quality.models import AskedQuery

OLDER = ngettext_lazy("older than %(n)s day", "older than %(n)s days", "days")
NOT_ASKED = ngettext_lazy("not asked for %(n)s day", "not asked for %(n)s days", "days")
# A look that found nothing is worth a day.
KEEP_QUIET_DAYS = 1


@dataclass(frozen=True)
class Retained:
    """Rows that go ``days`` after their time. ``rows`` gives, for the moment before which they are
    old, the sets to delete, each after what hangs on it; the last is what ``label`` names.
    ``age`` is said with that number, as ``days`` and printed as ``n``."""

    label: Any
    days: int
    rows: Callable[[datetime], list[QuerySet]]
    age: Any = OLDER

    def old(self) -> list[QuerySet]:
        return self.rows(timezone.now() - timedelta(days=self.days))


def retained() -> list[Retained]:
    return [
        Retained(
            _("Queries to forget"),
            settings.KEEP_ASKED_DAYS,
            lambda before: [AskedQuery.objects.not_asked_since(before)],
            age=NOT_ASKED,
        ),
        Retained(
            _("Notifications to delete"),
            settings.KEEP_RUNS_DAYS,
            lambda before: [Delivery.objects.ended_before(before)],
        ),
        Retained(
            _("Manifests to delete"),
            settings.KEEP_MANIFESTS_DAYS,
            lambda before: [
                ManifestLine.objects.made_before(before),
                Manifest.objects.made_before(before),
            ],
        ),
        Retained(_("Events to delete"), settings.KEEP_EVENTS_DAYS, _events),
        Retained(
            _("Closed alerts to delete"),
            settings.KEEP_EVENTS_DAYS,
            lambda before: [Alert.objects.closed_before(before)],
        ),
        Retained(
            _("Batches of events to delete"),
            settings.KEEP_BATCHES_DAYS,
            lambda before: [RawBatch.objects.received_before(before)],
        ),
        Retained(
            _("Hourly figures to delete"),
            settings.KEEP_STATISTICS_DAYS,
            lambda before: [
                JobHour.objects.began_before(before),
                QueueHour.objects.began_before(before),
            ],
        ),
        Retained(_("Checks that found nothing"), KEEP_QUIET_DAYS, _quiet_checks),
    ]


def _events(before: datetime) -> list[QuerySet]:
    return [
        RejectedEvent.objects.rejected_before(before),
        # Their keys are no numbers that grow.
        EventKey.objects.accepted_before(before).order_by("accepted_at"),
        Event.objects.received_before(before),
    ]


def _quiet_checks(before: datetime) -> list[QuerySet]:
    runs = TaskHistory.objects.succeeded().filter(
        job="check_runs",
        finished_at__lt=before,
        result__silent=0,
        result__reaped=0,
        result__stuck=0,
    )
    return [TaskResult.objects.filter(task_id__in=runs.values("task_id")), runs]
