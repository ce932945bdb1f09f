"""Glue: the jobs that change the tariff."""

from typing import Any

from django.utils.translation import gettext_noop

from admintools.jobs.execution import job_task
from admintools.jobs.faults import Failed
from admintools.jobs.progress import RunWork
from micasillero.catalog.importing import import_file
from micasillero.catalog.models import ImportBatch
from micasillero.catalog.staging import path_of
from micasillero.catalog.undo import undo_import as undo

from .faults import domain_faults

IMPORT = "admintools.tasks.import_catalog"
UNDO = "admintools.tasks.undo_import"


@job_task(IMPORT)
def import_catalog(work: RunWork) -> dict[str, Any]:
    """Apply a staged tariff file."""
    with domain_faults():
        batch = _batch(work)
        strict = bool(work.parameters.get("strict"))
        return import_file(path_of(batch), work=work, strict=strict, batch=batch).as_json()


def _batch(work: RunWork) -> ImportBatch:
    number = work.parameters.get("batch")
    batch = ImportBatch.objects.filter(pk=number).first() if isinstance(number, int) else None
    if batch is None:
        raise Failed(
            "unknown_batch",
            gettext_noop("Import #%(number)s does not exist: upload the file again."),
            {"number": str(number)},
        )
    return batch


@job_task(UNDO)
def undo_import(work: RunWork) -> dict[str, Any]:
    """Bring back the values that an import replaced."""
    with domain_faults():
        batch = _batch(work)
        if work.run.attempt > 1 and batch.status == ImportBatch.Status.UNDONE:
            # An earlier attempt undid it and died before it could say so.
            return {"batch": batch.pk, "repeated": True}
        return undo(batch.pk, work=work)
