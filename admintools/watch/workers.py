"""The workers, by their own signs of life: a broadcast would wait for those that are dead."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from admintools.jobs import beats
from admintools.jobs.models import ProcessBeat, TaskHistory


@dataclass(frozen=True)
class Worker:
    """One worker and the runs it is at. ``silent``: it left no word and is not heard of."""

    beat: ProcessBeat
    runs: list[TaskHistory]
    silent: bool


def workers(now: datetime | None = None) -> list[Worker]:
    """Those alive and those that fell silent within the last day; two queries."""
    now = now or timezone.now()
    heard = ProcessBeat.objects.filter(name="worker", beat_at__gte=now - beats.FORGET_AFTER)
    runs: dict[str, list[TaskHistory]] = {}
    for run in TaskHistory.objects.running().filter(inline=False).order_by("id"):
        runs.setdefault(run.worker, []).append(run)
    return [
        Worker(beat, runs.get(beat.instance, []), silent=now - beat.beat_at > beats.ALIVE_WITHIN)
        for beat in heard
    ]
