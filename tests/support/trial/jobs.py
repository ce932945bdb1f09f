"""Jobs that count, fail, kill their worker or hang: what the engine must survive."""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from admintools.jobs.execution import job_task
from admintools.jobs.faults import Failed, Passing, Stopped
from admintools.jobs.progress import RunWork
from admintools.jobs.registry import JobDefinition, Phase, registry

from .models import Stored

COUNT = "admintools.tasks.trial_count"
TROUBLE = "admintools.tasks.trial_trouble"

registry.add(
    JobDefinition(
        slug="trial_count",
        label="Count",
        summary="Counts to a number.",
        wire_name=COUNT,
        queue="learning",
        phases=(Phase("count", "Count"), Phase("rest", "Rest")),
        unit="items",
        stall_after=timedelta(seconds=5),
    ),
    JobDefinition(
        slug="trial_alone",
        label="Count alone",
        summary="As count, one at a time.",
        wire_name="admintools.tasks.trial_alone",
        queue="learning",
        resource="trial",
        phases=(Phase("count", "Count"),),
    ),
    JobDefinition(
        slug="trial_once",
        label="Count once",
        summary="As count, but never a second time by itself.",
        wire_name="admintools.tasks.trial_once",
        queue="learning",
        attempts=1,
        losses=1,
    ),
    JobDefinition(
        slug="trial_hardy",
        label="Count, come what may",
        summary="As count, and no number of lost workers is its end.",
        wire_name="admintools.tasks.trial_hardy",
        queue="learning",
        losses=10_000,
    ),
    JobDefinition(
        slug="trial_resume",
        label="Count and keep",
        summary="As count, and each item is stored: another attempt goes on after them.",
        wire_name="admintools.tasks.trial_resume",
        queue="learning",
    ),
    JobDefinition(
        slug="trial_deaf",
        label="Deaf",
        summary="Never looks whether it was cancelled.",
        wire_name="admintools.tasks.trial_deaf",
        queue="learning",
    ),
    JobDefinition(
        slug="trial_stuck",
        label="Stuck",
        summary="Deaf too, and ended once it counts as stuck.",
        wire_name="admintools.tasks.trial_stuck",
        queue="learning",
        stall_after=timedelta(seconds=1),
        end_when_stuck=True,
    ),
    JobDefinition(
        slug="trial_trouble",
        label="Trouble",
        summary="Ends as its parameter says.",
        wire_name=TROUBLE,
        queue="learning",
        attempts=3,
    ),
)


@job_task(COUNT)
def count(work: RunWork) -> dict[str, Any]:
    """Count to `items`, `pause` seconds each; append each to the file `trace`, if given."""
    items = int(work.parameters.get("items", 10))
    for number in range(work.resumed_from + 1, items + 1):
        _item(work, number)
        work.report(number, items, "Counted %(n)s", phase="count", n=number)
    return {"counted": items}


def _item(work: RunWork, number: int) -> None:
    if work.should_stop():
        raise Stopped
    if trace := work.parameters.get("trace"):
        with Path(trace).open("a") as file:
            file.write(f"{number} {work.run.epoch} {os.getpid()}\n")
    time.sleep(float(work.parameters.get("pause", 0)))
    if work.run.job == "trial_resume":
        with transaction.atomic():
            Stored.objects.create(task_id=work.run.task_id, item=number, epoch=work.run.epoch)
            work.keep(number)


@job_task("admintools.tasks.trial_alone")
def alone(work: RunWork) -> dict[str, Any]:
    return count(work)


@job_task("admintools.tasks.trial_once")
def once(work: RunWork) -> dict[str, Any]:
    return count(work)


@job_task("admintools.tasks.trial_hardy")
def hardy(work: RunWork) -> dict[str, Any]:
    return count(work)


@job_task("admintools.tasks.trial_resume")
def resume(work: RunWork) -> dict[str, Any]:
    return count(work)


@job_task(TROUBLE)
def trouble(work: RunWork) -> dict[str, Any]:
    """End by `how`: fail, defect, passing (until attempt `until`), kill, hang."""
    how = work.parameters["how"]
    trace = work.parameters.get("trace")
    if trace:
        with Path(trace).open("a") as file:
            file.write(f"{work.run.attempt}\n")
    if how == "fail":
        raise Failed("no_luck", "No luck with %(thing)s", {"thing": "redis://u:hidden@host/0"})
    if how == "defect":
        raise RuntimeError("broke at postgres://app:hidden@db/x")
    if how == "passing" and work.run.attempt < int(work.parameters["until"]):
        raise Passing("away", "The other side is away", after=0.1)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "hang":
        while not work.should_stop():
            time.sleep(0.05)
        raise Stopped
    return {"how": how}


@job_task("admintools.tasks.trial_deaf")
def deaf(work: RunWork) -> dict[str, Any]:
    """Sleep for a minute whatever anybody says."""
    time.sleep(60)
    return {}


@job_task("admintools.tasks.trial_stuck")
def stuck(work: RunWork) -> dict[str, Any]:
    return deaf(work)
