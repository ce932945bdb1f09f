"""Ending the process that works on a run, when it does not listen."""

import logging

from celery import current_app
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from . import publish
from .models import TaskHistory

logger = logging.getLogger(__name__)


def press(run: TaskHistory) -> bool:
    """Kill what works on the run's present attempt; False when the broker is away."""
    try:
        current_app.control.revoke(
            run.attempt_task_id,
            terminate=True,
            # It had its time to leave in order.
            signal="SIGKILL",
            connection=publish.connection(),
        )
    except (KombuError, RedisError, OSError) as error:
        logger.warning("Run %s could not be pressed: %s", run.task_id, error)
        return False
    return True
