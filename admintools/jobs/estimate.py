"""How long a run still takes: a range, from its own rate and from past runs."""

import statistics
import time

from django.utils import timezone

from .models import TaskHistory

PAST_RUNS = 20
PAST_FRESH_FOR = 30.0
# An own rate early in a run is noise: it counts by the share of work done.
OWN_LOW, OWN_HIGH = 0.8, 1.35

_past: dict[str, tuple[float, list[float]]] = {}


def past_durations(job: str) -> list[float]:
    """Seconds of the last successful runs, newest first; kept for half a minute."""
    taken_at, kept = _past.get(job, (0.0, []))
    if not taken_at or time.monotonic() - taken_at > PAST_FRESH_FOR:
        kept = [d.total_seconds() for d in TaskHistory.objects.durations(job, PAST_RUNS) if d]
        _past[job] = (time.monotonic(), kept)
    return kept


def usual_range(job: str) -> tuple[float, float] | None:
    """Quartiles of past durations in seconds; None with fewer than three runs."""
    past = past_durations(job)
    if len(past) < 3:
        return None
    low, _, high = statistics.quantiles(past, n=4)
    return max(0.0, low), high


def remaining(run: TaskHistory) -> dict[str, int] | None:
    """``{"low", "high"}`` in whole seconds, or None when nothing sensible can be said."""
    if not run.is_running or run.cancel_requested_at or not run.started_at:
        return None
    own = _own(run)
    past = _from_past(run)
    if own and past:
        share = min(1.0, run.done / run.total) if run.total else 0.0
        low, high = (share * o + (1 - share) * p for o, p in zip(own, past, strict=True))
    elif own or past:
        low, high = own or past or (0.0, 0.0)
    else:
        return None
    return {"low": int(low), "high": max(int(low), round(high))}


def _own(run: TaskHistory) -> tuple[float, float] | None:
    if not run.rate or not run.total or not run.done:
        return None
    seconds = max(0, run.total - run.done) / run.rate
    return seconds * OWN_LOW, seconds * OWN_HIGH


def _from_past(run: TaskHistory) -> tuple[float, float] | None:
    usual = usual_range(run.job)
    if usual is None or run.attempt > 1 or run.started_at is None:
        return None
    elapsed = (timezone.now() - run.started_at).total_seconds()
    if elapsed > usual[1]:
        return None
    return max(0.0, usual[0] - elapsed), usual[1] - elapsed
