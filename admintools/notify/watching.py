"""What nobody would report by itself: runs that do not move, queues that nobody works off."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from admintools.jobs import queues
from admintools.jobs.models import TaskHistory
from admintools.jobs.states import is_stuck

from .announcing import announce
from .kinds import Kind
from .models import UnservedQueue
from .triggers import about_run

# A worker that is replaced in a deploy finishes its runs first.
UNSERVED_AFTER = timedelta(minutes=3)


def look(now: datetime | None = None) -> int:
    """Announce what is wrong now; returns how many deliveries that made.

    Whoever looks, and however often: a run is announced once for each time that it stops moving,
    a queue once for each silence.
    """
    now = now or timezone.now()
    return _stuck_runs(now) + _unserved_queues(now)


def _stuck_runs(now: datetime) -> int:
    written = 0
    for run in TaskHistory.objects.running():
        if run.progressed_at is None or not is_stuck(run, now):
            continue
        since = run.progressed_at.isoformat()
        written += announce(
            Kind.RUN_STUCK,
            key=f"stuck:{run.task_id}:{since}",
            about={**about_run(run), "since": since},
            link=run.get_absolute_url(),
        )
    return written


def _unserved_queues(now: datetime) -> int:
    note_silences(now)
    written = 0
    for silence in long_silences(now):
        since = silence.since.isoformat()
        written += announce(
            Kind.QUEUE_UNSERVED,
            key=f"queue:{silence.queue}:{since}",
            about={"queue": silence.queue, "since": since},
            link="/admin/elasticsearch/",
        )
    return written


def note_silences(now: datetime) -> None:
    """Keep for each queue without a worker since when; one that was paused is silent on purpose."""
    served, paused = set(queues.listening()), queues.pauses(fresh=True)
    silent = [name for name in _all_queues() if name not in served and name not in paused]
    UnservedQueue.objects.exclude(queue__in=silent).delete()
    for name in silent:
        UnservedQueue.objects.get_or_create(queue=name, defaults={"since": now})


def long_silences(now: datetime) -> list[UnservedQueue]:
    return list(UnservedQueue.objects.filter(since__lte=now - UNSERVED_AFTER).order_by("queue"))


def _all_queues() -> Iterator[str]:
    for _worker, names in settings.WORKERS:
        yield from names
