"""Glue: the jobs that write search keywords."""

from typing import Any

from admintools.jobs.execution import job_task
from admintools.jobs.progress import RunWork
from micasillero.generation.run import BOTH, Scope, generate

from .faults import domain_faults

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
            language=asked.get("language", BOTH),
            run_id=work.run.task_id,
        )
