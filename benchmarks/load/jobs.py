"""A job that counts. It works on no resource, so that its launches do not exclude each other."""

import time
from pathlib import Path
from typing import Any

from admintools.jobs.execution import job_task
from admintools.jobs.progress import RunWork
from admintools.jobs.registry import JobDefinition, Phase, registry

from . import writes

SLUG = "benchmark_count"
WIRE_NAME = "admintools.tasks.benchmark_count"
QUEUE = "learning"
WAIT = 120.0


def register() -> None:
    registry.add(
        JobDefinition(
            slug=SLUG,
            label="Count",
            summary="Counts.",
            wire_name=WIRE_NAME,
            queue=QUEUE,
            phases=(Phase("prepare", "Prepare"), Phase("count", "Count"), Phase("rest", "Rest")),
            unit="items",
            form="admintools.console.launch.forms.LaunchForm",
        )
    )


@job_task(WIRE_NAME)
def count(work: RunWork) -> dict[str, Any]:
    """Count to `items` with `pause` seconds each, once the file `go` exists.

    Returns when each row write of the run was done (time.time) by the seq that it made.
    """
    items, pause = work.parameters["items"], work.parameters["pause"]
    go = Path(work.parameters["go"])
    deadline = time.monotonic() + WAIT
    while not go.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    for number in range(1, items + 1):
        work.report(number, items, "Counted %(n)s", phase="count", n=number)
        time.sleep(pause)
    # Nobody else raises seq while it runs: the claim's was run.seq, each write added one.
    written = enumerate(writes.taken(work.run.pk), work.run.seq + 1)
    return {"written": [[seq, write.at] for seq, write in written]}
