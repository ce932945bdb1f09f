"""The end of a run by a model: its sample is drawn, and it waits for a person."""

from django.utils import timezone

from .models import GenerationRun, RunState
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
