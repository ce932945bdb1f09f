"""The row that django-celery-results keeps, written once, when a run ends."""

import json

from django.utils import timezone
from django_celery_results.models import TaskResult

from .models import Status, TaskHistory
from .texts import render


def record(run: TaskHistory) -> None:
    """Leave a TaskResult for tools that know Celery but not our history."""
    result = run.result
    if run.status == Status.FAILURE:
        result = {"code": run.error_code, "message": render(run.error_message, run.error_params)}
    TaskResult.objects.update_or_create(
        task_id=run.task_id,
        defaults={
            "task_name": f"admintools.tasks.{run.task_name}",
            "task_args": json.dumps([run.pk]),
            "status": run.status,
            "content_type": "application/json",
            "content_encoding": "utf-8",
            "result": json.dumps(result),
            "traceback": run.traceback or None,
            "worker": run.worker[:100],
            "date_started": run.started_at,
            "date_done": run.finished_at or timezone.now(),
        },
    )
