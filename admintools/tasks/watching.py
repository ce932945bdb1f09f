"""Glue: the engine looking at itself."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from admintools.jobs import checking
from admintools.jobs.execution import job_task
from admintools.jobs.faults import Stopped
from admintools.jobs.progress import RunWork
from admintools.notify.watching import look
from admintools.watch import statistics

CHECK_RUNS = "admintools.tasks.check_runs"
COLLECT_STATISTICS = "admintools.tasks.collect_statistics"


@job_task(CHECK_RUNS)
def check_runs(work: RunWork) -> dict[str, Any]:
    """Count the runs that are silent or do not move, announce them and queues that nobody works
    off, take back the lost, end the stuck whose job says so."""
    # Before the check ends them. The process `notify` looks more often; once is announced once.
    look()
    return {"status": "success", **asdict(checking.check())}


@job_task(COLLECT_STATISTICS)
def collect_statistics(work: RunWork) -> dict[str, Any]:
    """Keep the figures of the hours that went by since the last time."""
    message = gettext_noop("Collected %(n)s hours")

    def report(done: int, total: int) -> None:
        work.report(done, total, message, phase="collect", n=done)

    hours = statistics.collect(timezone.now(), report=report, should_stop=work.should_stop)
    if work.should_stop():
        raise Stopped
    return {"status": "success", "hours": hours}
