"""Glue: the job that searches the lines of a manifest."""

from typing import Any

from admintools.jobs.execution import job_task
from admintools.jobs.progress import RunWork
from micasillero.classification.searching import classify

from .faults import domain_faults

CLASSIFY = "admintools.tasks.classify_manifest"


@job_task(CLASSIFY)
def classify_manifest(work: RunWork) -> dict[str, Any]:
    """Search the lines of a stored manifest; a person reviews them."""
    with domain_faults():
        return classify(
            work,
            manifest_id=int(work.parameters.get("manifest") or 0),
            run_id=work.run.task_id,
        )
