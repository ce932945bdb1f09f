"""Rows of beat's tables, and the press that runs one now, for the tests of schedules."""

import json
from zoneinfo import ZoneInfo

from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from admintools.jobs.schedules import LAUNCHER

from .conftest import JSON

PAGE = "/admin/elasticsearch/schedules/"
LOCAL = ZoneInfo("America/Tegucigalpa")


def cron(expression, zone=LOCAL):
    minute, hour, month_day, month, weekday = expression.split()
    return CrontabSchedule.objects.create(
        minute=minute,
        hour=hour,
        day_of_month=month_day,
        month_of_year=month,
        day_of_week=weekday,
        timezone=zone,
    )


def every(n, period):
    return IntervalSchedule.objects.create(every=n, period=period)


def made(job="cleanup", **fields):
    values = {"name": "Limpieza", "task": LAUNCHER, "kwargs": json.dumps({"job": job})}
    when = {"crontab", "interval", "clocked", "solar"} & fields.keys()
    if not when:
        values["crontab"] = cron("0 3 * * *")
    return PeriodicTask.objects.create(**{**values, **fields})


def run_now(client, task, headers=JSON, fields=None):
    return client.post(f"{PAGE}{task.pk}/run/", fields or {}, "application/json", headers=headers)
