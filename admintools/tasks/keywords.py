"""Glue: the jobs that write search keywords."""

from typing import Any

from admintools.jobs.execution import job_task
from admintools.jobs.models import TaskHistory
from admintools.jobs.progress import RunWork
from micasillero.generation.closing import close_ended
from micasillero.generation.comparing import Wish, compare
from micasillero.generation.run import generate, languages_of
from micasillero.generation.scope import Scope
from micasillero.quality.evaluations import judged_queries

from .faults import domain_faults

COMPARE = "admintools.tasks.compare_providers"
GENERATE = "admintools.tasks.generate_ai_keywords"


@job_task(GENERATE)
def generate_keywords(work: RunWork) -> dict[str, Any]:
    """Write the keywords of the lines in scope; sync_index carries them into the index."""
    asked = work.parameters
    with domain_faults():
        return generate(
            work,
            scope=Scope(chapter=asked.get("chapter", ""), missing=asked.get("missing", False)),
            provider=asked.get("provider", "lexicon"),
            language=asked.get("language", ""),
            run_id=work.run.task_id,
            max_cost=asked.get("max_cost"),
        )


def generation_ended(run: TaskHistory) -> None:
    """Also after a lost worker or a defect, which keep the work from closing it itself."""
    close_ended(run.task_id)


@job_task(COMPARE)
def compare_providers(work: RunWork) -> dict[str, Any]:
    """Ask two models for the same lines; their page shows them side by side."""
    asked = work.parameters
    wish = Wish(
        models=(asked["first"], asked["second"]),
        sample=asked["sample"],
        scope=Scope(chapter=asked.get("chapter", "")),
        languages=languages_of(asked.get("language", "")),
        max_cost=asked.get("max_cost"),
    )
    with domain_faults():
        return compare(work, wish, run_id=work.run.task_id, queries=judged_queries())
