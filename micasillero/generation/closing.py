"""The end of a run by a model: its sample is drawn, and it waits for a person."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from micasillero.keywords.models import Keyword

from .models import LEARNING, GenerationRun, RunState
from .sampling import draw


def close(run: GenerationRun) -> None:
    """Draw the sample and wait for a person, however the run ended."""
    run.sample = draw(run.run_id)
    run.state = RunState.WAITING
    run.ended_at = timezone.now()
    run.read_account()
    run.save()


def close_ended(run_id: str) -> None:
    """Let a person decide on the run of that id, whose work is over and may not have closed it.
    One of the lexicon has nothing to close."""
    for run in GenerationRun.objects.filter(run_id=run_id, state=RunState.RUNNING):
        close(run)


def close_abandoned(besides: str) -> None:
    """Let a person decide on those whose worker was lost for good. Call it at the start of another
    run, the one besides: one works at a time."""
    for run in GenerationRun.objects.filter(state=RunState.RUNNING).exclude(run_id=besides):
        close(run)


def put_learned(run_id: str, counts: Mapping[str, Any]) -> None:
    """Let a person decide on what a learning run proposed, as one; nothing where it proposed
    nothing. ``counts``: see GenerationRun."""
    written = Keyword.objects.of_run(run_id)
    if not written.exists():
        return
    GenerationRun.objects.get_or_create(
        run_id=run_id,
        defaults={
            "provider": LEARNING,
            "state": RunState.WAITING,
            "counts": {**counts, "passed": written.count()},
            "sample": draw(run_id),
            "ended_at": timezone.now(),
        },
    )
