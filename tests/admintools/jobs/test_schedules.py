import json

import pytest
from django.core.management import call_command
from django_celery_beat.models import PeriodicTask

from admintools.definitions import ensure_schedules
from admintools.jobs.models import Source, TaskHistory
from admintools.tasks.schedule import launch_scheduled

pytestmark = pytest.mark.django_db


def scheduled(job):
    return next(t for t in PeriodicTask.objects.all() if json.loads(t.kwargs).get("job") == job)


def test_the_cleanup_is_scheduled_daily_at_three_local_time():
    ensure_schedules()
    task = scheduled("cleanup")
    assert (task.enabled, task.queue, task.task) == (
        True, "celery", "admintools.tasks.launch_scheduled",
    )  # fmt: skip
    assert (task.crontab.hour, task.crontab.minute) == ("3", "0")
    assert str(task.crontab.timezone) == "America/Tegucigalpa"


def test_the_nightly_rebuild_is_there_and_off():
    ensure_schedules()
    assert not scheduled("rebuild_index").enabled


def test_the_search_is_evaluated_on_sundays():
    ensure_schedules()
    task = scheduled("evaluate_search")
    assert (task.enabled, task.crontab.day_of_week, task.crontab.hour) == (True, "0", "4")


def test_migrating_installs_what_is_missing():
    PeriodicTask.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert scheduled("cleanup").enabled
    assert not scheduled("rebuild_index").enabled


def test_a_schedule_that_staff_edited_is_left_alone():
    ensure_schedules()
    task = scheduled("rebuild_index")
    task.enabled = True
    task.save()
    ensure_schedules()
    assert scheduled("rebuild_index").enabled
    assert PeriodicTask.objects.filter(name=task.name).count() == 1


def test_a_scheduled_launch_is_a_run_like_any_other():
    launch_scheduled(job="cleanup")
    run = TaskHistory.objects.get()
    assert (run.job, run.source, run.initiated_by) == ("cleanup", Source.SCHEDULE, "beat")


def test_a_schedule_leaves_a_running_job_in_peace():
    launch_scheduled(job="cleanup")
    launch_scheduled(job="cleanup")
    assert TaskHistory.objects.count() == 1
