"""What follows from the end of a run, whoever wrote it: a worker, the reaper or a person.

Both stand in the transaction that writes the end: they are kept together, or not at all.
"""

import logging

from django.db import InterfaceError, OperationalError, transaction
from django.utils.module_loading import import_string

from . import results, signals
from .models import TaskHistory

logger = logging.getLogger(__name__)


def follow(run: TaskHistory) -> None:
    """Call it with the row as it ended, in the transaction that ended it."""
    results.record(run)
    _call_the_jobs_own(run)
    signals.run_ended.send_robust(TaskHistory, run=run)


def _call_the_jobs_own(run: TaskHistory) -> None:
    definition = run.definition
    if definition is None or not definition.ended:
        return
    try:
        with transaction.atomic():
            import_string(definition.ended)(run)
    except (OperationalError, InterfaceError):
        raise  # the end itself could not be written either, and is tried again
    except Exception:
        # A defect there must not keep the run from ending, and the reaper from all others.
        logger.exception("Run %s: what follows from its end failed.", run.task_id)
