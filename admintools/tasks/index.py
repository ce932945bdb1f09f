"""Glue: the jobs that work on the search index."""

from typing import Any

from admintools.jobs.execution import job_task
from admintools.jobs.models import Source, TaskHistory
from admintools.jobs.progress import RunWork
from micasillero.quality.gate import gate
from micasillero.search.engines import get_engine
from micasillero.search.rebuild import rebuild_index as rebuild
from micasillero.search.rollback import rollback_index as rollback

from .faults import domain_faults

REBUILD = "admintools.tasks.rebuild_elasticsearch_index"
ROLLBACK = "admintools.tasks.rollback_elasticsearch_index"
OVERRIDE = "admintools.override_quality_gate"


@job_task(REBUILD)
def rebuild_index(work: RunWork) -> dict[str, Any]:
    """Build a new index beside the live one, verify it and swap the alias."""
    with domain_faults():
        engine = get_engine(work.parameters.get("engine") or None)
        # Each attempt has an index of its own: a zombie of the last one cannot reach it.
        token = f"{work.run.pk}-{work.run.epoch}"
        judge = gate(work, accept_worse=accepts_worse(work.run))
        return rebuild(work=work, token=token, engine=engine, gate=judge)


def accepts_worse(run: TaskHistory) -> bool:
    """Whether a worse index may go live. The parameter alone does not say: a schedule is written,
    and a run is repeated, by people without the permission."""
    if not run.parameters.get("accept_worse"):
        return False
    if run.source == Source.COMMAND:
        return True
    return run.initiator is not None and run.initiator.has_perm(OVERRIDE)


@job_task(ROLLBACK)
def rollback_index(work: RunWork) -> dict[str, Any]:
    """Swap back to the previous index and bring its data up to date."""
    with domain_faults():
        return rollback(work=work)
