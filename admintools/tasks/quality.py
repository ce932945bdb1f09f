"""Glue: measuring how good the search is."""

from typing import Any

from admintools.jobs.execution import job_task
from admintools.jobs.progress import RunWork
from micasillero.quality.evaluations import evaluate_live
from micasillero.search.engines import get_engine

from .faults import domain_faults

EVALUATE = "admintools.tasks.evaluate_search"
TOLD = ("S@1", "S@5", "P@5", "MRR@10", "nDCG@10", "zero_result_rate", "relaxed_rate", "p95_ms")


@job_task(EVALUATE)
def evaluate_search(work: RunWork) -> dict[str, Any]:
    """Ask the live index the judged queries and keep what came out."""
    with domain_faults():
        engine = get_engine(work.parameters.get("engine") or None)
        kept = evaluate_live(work, engine=engine, run_id=work.run.task_id)
        figures = {name: kept.details[name] for name in TOLD}
        return {"evaluation": kept.pk, "engine": kept.engine, "queries": kept.n, **figures}
