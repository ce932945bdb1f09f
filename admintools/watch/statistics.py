"""The hourly figures, reckoned from the rows: what was missed is made good as exactly as what was
not, as long as the rows are there.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Min, Q

from admintools.jobs.models import Status, TaskHistory
from admintools.jobs.registry import QUEUES

from . import messages
from .models import JobHour, QueueHour
from .percentiles import percentiles

HOUR = timedelta(hours=1)
MOST_HOURS = 7 * 24
# A run that ended at the stroke of the hour may become visible just after it.
TAKEN_AGAIN = 2
MEDIAN, HIGH = 50, 95


def collect(
    now: datetime, *, report: Callable[[int, int], None], should_stop: Callable[[], bool]
) -> int:
    """Keep the figures of the whole hours before ``now`` that nobody has kept, up to a week back;
    the last two are reckoned again.

    Returns the number of hours; stops early, keeping what is done, when ``should_stop`` says so.
    """
    hours = _missing(now)
    held = {each.queue: each.total for each in messages.waiting() or ()}
    for number, hour in enumerate(hours):
        if should_stop():
            return number
        _keep(hour, held if hour == hours[-1] else {})
        report(number + 1, len(hours))
    return len(hours)


def _missing(now: datetime) -> list[datetime]:
    """The beginnings of the hours to collect, oldest first."""
    newest = now.replace(minute=0, second=0, microsecond=0) - HOUR
    week = [newest - n * HOUR for n in reversed(range(MOST_HOURS))]
    kept = set(QueueHour.objects.since(week[0]).values_list("hour", flat=True))
    first = TaskHistory.objects.aggregate(first=Min("created_at"))["first"] or now
    missed = [hour for hour in week if hour not in kept and hour + HOUR > first]
    return sorted({*missed, *week[-TAKEN_AGAIN:]})


def _keep(hour: datetime, messages: Mapping[str, int]) -> None:
    """Write the hour's rows in place of those that are there. What the broker held stays as it was
    first seen."""
    jobs = _of_jobs(hour)
    waiting = TaskHistory.objects.waiting_at(hour + HOUR).order_by().values("queue")
    depths = dict(waiting.annotate(n=Count("id")).values_list("queue", "n"))
    with transaction.atomic():
        JobHour.objects.filter(hour=hour).delete()
        JobHour.objects.bulk_create(jobs)
        for queue in QUEUES:
            row = {"waiting": depths.get(queue, 0)}
            QueueHour.objects.update_or_create(
                hour=hour,
                queue=queue,
                defaults=row,
                create_defaults={**row, "messages": messages.get(queue)},
            )


def _of_jobs(hour: datetime) -> list[JobHour]:
    ended = TaskHistory.objects.ended_within(hour, hour + HOUR)
    begun = ended.filter(started_at__isnull=False)
    took = percentiles(begun, F("finished_at") - F("started_at"), (MEDIAN, HIGH))
    waited = percentiles(
        begun.filter(inline=False), F("started_at") - F("created_at"), (MEDIAN, HIGH)
    )
    counts = (
        ended.order_by()
        .values("job")
        .annotate(runs=Count("id"), failures=Count("id", filter=Q(status=Status.FAILURE)))
    )
    return [
        JobHour(
            hour=hour,
            **row,
            duration_p50=took.get(row["job"], {}).get(MEDIAN),
            duration_p95=took.get(row["job"], {}).get(HIGH),
            wait_p50=waited.get(row["job"], {}).get(MEDIAN),
            wait_p95=waited.get(row["job"], {}).get(HIGH),
        )
        for row in counts
    ]
