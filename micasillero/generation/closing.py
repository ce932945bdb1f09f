"""The end of a run by a model: its sample is drawn, and it waits for a person."""

import random

from django.utils import timezone

from micasillero.keywords.models import Keyword

from .models import GenerationRun, RunState

# As many keywords as a person reads before deciding on thousands.
SAMPLE = 50


def close(run: GenerationRun) -> None:
    """Draw the sample and wait for a person, however the run ended."""
    written = Keyword.objects.of_run(run.run_id).order_by("pk").values_list("pk", flat=True)
    ids = list(written)
    # Seeded, so that the same run always shows the same sample.
    chosen = random.Random(run.run_id)  # noqa: S311 - nothing secret is drawn
    run.sample = sorted(chosen.sample(ids, min(SAMPLE, len(ids))))
    run.state = RunState.WAITING
    run.ended_at = timezone.now()
    run.read_account()
    run.save()


def close_abandoned(besides: str) -> None:
    """Let a person decide on those whose worker was lost for good. Call it at the start of another
    run, the one besides: one works at a time."""
    for run in GenerationRun.objects.filter(state=RunState.RUNNING).exclude(run_id=besides):
        close(run)
