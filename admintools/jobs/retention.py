"""What the history forgets, and when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone
from django_celery_results.models import TaskResult

from .models import LogLine, ProcessBeat, TaskHistory

BATCH = 1000
# The longest that a person may ask for; what a date can still be reckoned with.
MOST_DAYS = 36_500


@dataclass(frozen=True)
class Due:
    """How many finished runs and log lines are past their retention; a run's own lines count."""

    runs: int
    lines: int


def due(*, runs_days: int, lines_days: int) -> Due:
    """What ``forget`` would delete now with the same days."""
    now = timezone.now()
    runs = _old_runs(now, runs_days)
    lines = LogLine.objects.filter(at__lt=now - timedelta(days=lines_days)).count()
    if runs_days < lines_days:
        younger = LogLine.objects.filter(at__gte=now - timedelta(days=lines_days))
        lines += younger.filter(run__in=runs.values("pk")).count()
    return Due(runs=runs.count(), lines=lines)


def forget(
    *,
    runs_days: int,
    lines_days: int,
    report: Callable[[int], None],
    should_stop: Callable[[], bool],
    others: Sequence[models.QuerySet] = (),
) -> int:
    """Delete finished runs and log lines older than so many days, in small transactions, and then
    the rows of ``others``, which know their own age.

    ``report`` receives the number deleted so far. Returns the number of rows deleted (a run's
    TaskResult counts too, what goes along with a run does not); stops early, keeping what is
    done, when ``should_stop`` says so.
    """
    now = timezone.now()
    old = [
        LogLine.objects.filter(at__lt=now - timedelta(days=lines_days)),
        TaskResult.objects.filter(date_done__lt=now - timedelta(days=runs_days)),
        _old_runs(now, runs_days),
        *others,
    ]
    deleted = 0
    for rows in old:
        while not should_stop():
            batch = _delete_some(rows)
            deleted += batch
            report(deleted)
            if not batch:
                break
    ProcessBeat.objects.filter(beat_at__lt=now - timedelta(days=1)).delete()
    return deleted


def _old_runs(now: datetime, days: int) -> models.QuerySet:
    return TaskHistory.objects.finished().filter(finished_at__lt=now - timedelta(days=days))


def _delete_some(rows: models.QuerySet) -> int:
    # By an order of their own those go whose keys have none to do with their age.
    ordered = rows if rows.query.order_by else rows.order_by("pk")
    with transaction.atomic():
        keys = list(ordered.values_list("pk", flat=True)[:BATCH])
        rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys)
