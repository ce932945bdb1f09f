"""The ends of runs that somebody may want to hear of, whoever wrote them: worker or reaper."""

from collections.abc import Iterator
from typing import Any

from django.dispatch import receiver

from admintools.jobs import signals
from admintools.jobs.models import Status, TaskHistory

from .announcing import announce
from .kinds import Kind

BUDGET_CODES = frozenset({"run_cap", "month_cap"})
QUALITY_CODE = "quality_fell"


@receiver(signals.run_ended, dispatch_uid="admintools_notify.run_ended")
def run_ended(run: TaskHistory, **_kwargs: Any) -> None:
    about = about_run(run)
    for kind in kinds_of(run):
        # One key: who subscribed to more than one of them hears of the run once, the first way.
        announce(kind, key=f"run:{run.task_id}", about=about, link=run.get_absolute_url())


def kinds_of(run: TaskHistory) -> Iterator[Kind]:
    """What the end of the run is, the most telling first. A cancel is nobody's news."""
    if run.error_code in BUDGET_CODES:
        yield Kind.BUDGET_REACHED
    if run.error_code == QUALITY_CODE or (run.result or {}).get("fell"):
        yield Kind.QUALITY_FELL
    if run.status == Status.FAILURE:
        yield Kind.RUN_FAILED
    if run.status == Status.SUCCESS:
        yield Kind.RUN_FINISHED


def about_run(run: TaskHistory) -> dict[str, Any]:
    """What kinds.words needs of a run."""
    told: dict[str, Any] = {
        "run": run.task_id,
        "job": run.job,
        "who": run.initiated_by,
        "initiator": run.initiator_id,
    }
    if run.error_code:
        told |= {"error": run.error_message, "error_params": run.error_params}
    if fell := (run.result or {}).get("fell"):
        told["fell"] = fell
    return told
