"""Beat on a real broker: a schedule leaves a run like any other, and one for each of its times."""

import json
from datetime import timedelta

from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from admintools.jobs.models import Source, TaskHistory
from tests.support.visitor import wait_for


def test_what_two_beats_start_for_one_time_is_one_run_that_names_its_schedule(site):
    """Row 13 of the fault matrix. The second has not heard of what the first started, as one that
    comes up after a crash."""
    stale = timezone.now() - timedelta(hours=5)
    PeriodicTask.objects.all().delete()
    schedule = PeriodicTask.objects.create(
        name="Cada hora",
        task="admintools.tasks.launch_scheduled",
        queue="celery",
        # Its last time was half an hour ago, and the next is in half an hour.
        crontab=CrontabSchedule.objects.create(
            minute=str((timezone.localtime().minute + 30) % 60), hour="*"
        ),
        kwargs=json.dumps({"job": "trial_count", "parameters": {"items": 1}}),
        last_run_at=stale,
    )
    worker = site.worker("celery", "learning")
    runs = TaskHistory.objects.all()
    site.beat()
    wait_for(lambda: runs.filter(status="SUCCESS").exists(), "a run", timeout=30)
    PeriodicTask.objects.filter(pk=schedule.pk).update(last_run_at=stale)
    site.beat()
    wait_for(lambda: "started for" in worker.output(), "refused to the second", timeout=30)
    run = runs.get()
    assert (run.source, run.initiated_by) == (Source.SCHEDULE, "Cada hora")
    assert run.result == {"counted": 1}
