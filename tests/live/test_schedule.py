"""Beat on a real broker: a schedule leaves a run like any other."""

import json
import time

from django_celery_beat.models import IntervalSchedule, PeriodicTask

from admintools.jobs.models import Source, TaskHistory


def test_what_beat_launches_is_a_run_that_names_its_schedule(site):
    PeriodicTask.objects.all().delete()
    PeriodicTask.objects.create(
        name="Cada segundo",
        task="admintools.tasks.launch_scheduled",
        queue="celery",
        interval=IntervalSchedule.objects.create(every=1, period="seconds"),
        kwargs=json.dumps({"job": "cleanup", "parameters": {}}),
    )
    site.worker("celery")
    beat = site.beat()
    deadline = time.monotonic() + 30
    while not TaskHistory.objects.filter(job="cleanup", status="SUCCESS").exists():
        assert time.monotonic() < deadline, beat.tail()
        time.sleep(0.1)
    run = TaskHistory.objects.filter(job="cleanup").first()
    assert (run.source, run.initiated_by) == (Source.SCHEDULE, "Cada segundo")
    assert run.result == {"deleted": 0}
