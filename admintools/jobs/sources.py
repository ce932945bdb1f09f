"""What the dispatcher watches over: what is due, what is dead, how to send and to take back.

Runs are the first source; settings.DISPATCH_SOURCES names the others.
"""

import logging
from collections.abc import Iterable
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from . import cancelling, hints, pressing, publish, transitions
from .models import TaskHistory

logger = logging.getLogger(__name__)

AT_ONCE = 100


class Source(Protocol):
    """Rows that a queue works off, and that must survive the queue."""

    name: str

    def send_due(self) -> int:
        """Send what should be on a queue and is not; how many went."""

    def take_back_dead(self) -> int:
        """Take back what a dead worker holds; how many."""


def every_source() -> list[Source]:
    """Those of settings.DISPATCH_SOURCES: the engine knows no domain, so it is told of its rows."""
    return [import_string(path)() for path in settings.DISPATCH_SOURCES]


class RunSource:
    """Runs: send the due, reap the dead, press those that ignore a cancel, mend the results."""

    name = "runs"

    def send_due(self) -> int:
        sent = 0
        for run in TaskHistory.objects.due()[:AT_ONCE]:
            if run.definition is None:
                transitions.abandon(run)
                continue
            if not publish.publish(run):
                break  # the broker is away; the next one would wait as long
            sent += 1
        return sent

    def take_back_dead(self) -> int:
        taken = [run for run in TaskHistory.objects.lease_expired() if transitions.reap(run)]
        for run in taken:
            logger.warning("Run %s lost its worker %s: %s.", run.task_id, run.worker, run.status)
        self._press(TaskHistory.objects.cancel_overdue())
        self._mend_results()
        return len(taken)

    def _press(self, overdue: Iterable[TaskHistory]) -> None:
        """A worker that ignores the flag is ended; the reaper then confirms the cancel."""
        for run in overdue:
            if run.inline:
                continue  # a command's process is the operator's to end
            if not pressing.press(run):
                break  # noted only once done, so that the next turn tries again
            cancelling.escalate_cancel(run)

    def _mend_results(self) -> None:
        """Ends that the result backend did not hear of, because it was away."""
        runs = TaskHistory.objects
        for run in (*runs.unheard_ends()[:AT_ONCE], *runs.unheard_retries()[:AT_ONCE]):
            if not hints.tell_backend(run):
                break
