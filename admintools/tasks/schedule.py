"""Glue: what beat calls. A schedule only launches; the run that follows is like any other."""

import logging
from typing import Any

from celery import shared_task

from admintools.jobs.launch import Conflict, Initiator, launch
from admintools.jobs.models import Source
from admintools.jobs.schedules import LAUNCHER

logger = logging.getLogger(__name__)


@shared_task(name=LAUNCHER, bind=True, ignore_result=True)
def launch_scheduled(self: Any, job: str, parameters: dict[str, Any] | None = None) -> None:
    """Launch a job by its slug. One that is already running is left in peace."""
    name = getattr(self.request, "periodic_task_name", None) or "beat"
    try:
        launch(job, parameters=parameters, initiator=Initiator(Source.SCHEDULE, name=str(name)))
    except Conflict as conflict:
        logger.info("Schedule of %s skipped: run %s is active.", job, conflict.running.task_id)
