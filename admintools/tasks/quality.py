"""Glue: measuring how good the search is."""

from typing import Any

from django.conf import settings

from admintools.jobs.execution import job_task
from admintools.jobs.progress import RunWork
from micasillero.quality.evaluations import evaluate_live, restored
from micasillero.quality.gate import worse_than
from micasillero.quality.models import SearchEvaluation
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
        told = {"evaluation": kept.pk, "engine": kept.engine, "queries": kept.n, **figures}
        # Named only where there is something to say: whoever subscribed to it is told.
        return {**told, "fell": fell} if (fell := measures_that_fell(kept)) else told


def measures_that_fell(kept: SearchEvaluation) -> list[str]:
    """Those worse by more than the tolerance than in the engine's evaluation before."""
    before = SearchEvaluation.objects.of_engine(kept.engine).exclude(pk=kept.pk).first()
    change = worse_than(restored(before), restored(kept)) if before else None
    return change.worse_by(settings.QUALITY_TOLERANCE) if change else []
