"""Glue: the job that lets the keywords of a run go live."""

from typing import Any

from admintools.jobs.execution import job_task
from admintools.jobs.progress import RunWork
from micasillero.generation.acceptance import Gate, accept
from micasillero.quality.evaluate import Evaluation, evaluate
from micasillero.quality.evaluations import judged_queries
from micasillero.quality.gate import worse_than
from micasillero.search.query import search
from micasillero.work import Work

from .faults import domain_faults

ACCEPT = "admintools.tasks.accept_keywords"


@job_task(ACCEPT)
def accept_keywords(work: RunWork) -> dict[str, Any]:
    """Approve what passed the filters, behind the quality gate. ``run`` is the generation run."""
    run_id = str(work.parameters.get("run") or "")
    with domain_faults():
        return accept(work, run_id, work.run.initiator, Gate(_measure, worse_than))


def _measure(work: Work) -> Evaluation:
    return evaluate(judged_queries(), search, work)
