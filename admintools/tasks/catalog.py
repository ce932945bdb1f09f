"""Glue: the jobs that change the tariff."""

from typing import Any

from admintools.jobs.execution import job_task
from admintools.jobs.progress import RunWork
from micasillero.catalog.staging import apply_staged
from micasillero.catalog.undo import undo_import as undo

from .faults import domain_faults

IMPORT = "admintools.tasks.import_catalog"
UNDO = "admintools.tasks.undo_import"


@job_task(IMPORT)
def import_catalog(work: RunWork) -> dict[str, Any]:
    """Apply a staged tariff file."""
    strict = bool(work.parameters.get("strict"))
    with domain_faults():
        return apply_staged(
            int(work.parameters.get("batch") or 0), work=work, strict=strict
        ).as_json()


@job_task(UNDO)
def undo_import(work: RunWork) -> dict[str, Any]:
    """Bring back the values that an import replaced."""
    with domain_faults():
        return undo(int(work.parameters.get("batch") or 0), work=work)
