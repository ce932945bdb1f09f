"""Beat launches through one task, so that a schedule leaves the same row as a click."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django_celery_beat.models import CrontabSchedule, PeriodicTask

LAUNCHER = "admintools.tasks.launch_scheduled"
EVERY = "*"


@dataclass(frozen=True)
class Schedule:
    """A job at a time of day (local time), as it is first installed; staff edit it afterwards.
    Each part of it as in a crontab: of the week's days 0 is Sunday."""

    name: str
    job: str
    hour: int | str
    minute: int | str = 0
    day_of_week: str = "*"
    enabled: bool = True
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)


def installed() -> bool:
    """Whether beat's tables exist: `migrate` may be run for one application at a time."""
    return PeriodicTask._meta.db_table in connection.introspection.table_names()


def any_enabled() -> bool:
    """Whether beat has anything to start."""
    return PeriodicTask.objects.filter(task=LAUNCHER, enabled=True).exists()


def ensure(schedules: Sequence[Schedule]) -> None:
    """Create what is missing; never touch what exists: a person may have edited it."""
    for schedule in schedules:
        if PeriodicTask.objects.filter(name=schedule.name).exists():
            continue
        crontab, _created = CrontabSchedule.objects.get_or_create(
            hour=str(schedule.hour),
            minute=str(schedule.minute),
            day_of_week=schedule.day_of_week,
            day_of_month="*",
            month_of_year="*",
            timezone=settings.TIME_ZONE,
        )
        PeriodicTask.objects.create(
            name=schedule.name,
            task=LAUNCHER,
            queue="celery",
            crontab=crontab,
            kwargs=json.dumps({"job": schedule.job, "parameters": schedule.parameters}),
            enabled=schedule.enabled,
            description=schedule.description,
        )
