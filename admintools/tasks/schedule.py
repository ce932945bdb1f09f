"""Glue: what beat calls. A schedule only launches; the run that follows is like any other."""

import logging
from typing import Any

from celery import shared_task

from admintools.jobs.launch import Conflict, Initiator, SlotTaken, launch
from admintools.jobs.models import Source
from admintools.jobs.schedules import LAUNCHER

logger = logging.getLogger(__name__)


@shared_task(name=LAUNCHER, bind=True, ignore_result=True)
def launch_scheduled(self: Any, job: str, parameters: dict[str, Any] | None = None) -> None:
    """Launch a job by its slug. One that is already running is left in peace, and of two messages
    for the same slot one makes a run."""
    name = getattr(self.request, "periodic_task_name", None) or "beat"
    # A header, which a worker of the previous version does not stumble over.
    slot = getattr(self.request, "slot", None) or ""
    initiator = Initiator(Source.SCHEDULE, name=str(name), slot=slot)
    try:
        launch(job, parameters=parameters, initiator=initiator)
    except Conflict as conflict:
        logger.info("Schedule of %s skipped: run %s is active.", job, conflict.running.task_id)
    except SlotTaken:
        logger.info("Schedule of %s skipped: it was started for %s already.", job, slot)
