"""How long a run still takes: a range, from its own rate and from past runs.

Early in a run its own rate is noise and the past knows better; the further it is, or the longer it
takes compared with the past, the more its own rate counts. Nothing is said where nothing is known.
"""

import math
import statistics
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from . import states
from .models import TaskHistory
from .registry import registry

PAST_RUNS = 20
# Among so many of the last ones those of one kind are looked for.
LOOKED_AT = 60
PAST_FRESH_FOR = 30.0
LEAST_PAST_RUNS = 3
OWN_LOW, OWN_HIGH = 0.8, 1.35
# A rate says nothing about a run that has not moved for so long, or for so many items' time.
STILL_SECONDS, STILL_ITEMS = 10.0, 3
# (below so many seconds, rounded outwards to so many): a range that changes each second tells less.
STEPS = ((10, 1), (120, 5), (7200, 60), (math.inf, 600))

Range = tuple[float, float]
Parameters = Mapping[str, Any]
Past = list[tuple[float, list[dict[str, Any]]]]

_past: dict[tuple[str, tuple[str, ...]], tuple[float, Past]] = {}


def _past_runs(job: str, parameters: Parameters) -> Past:
    """(seconds, timeline) of the last successful runs of its kind, newest first; kept for half a
    minute."""
    kind = _kind(job, parameters)
    taken_at, kept = _past.get((job, kind), (0.0, []))
    if not taken_at or time.monotonic() - taken_at > PAST_FRESH_FOR:
        kept = last_alike(TaskHistory.objects.succeeded(), job, parameters, "timeline")
        _past[job, kind] = (time.monotonic(), kept)
    return kept


def last_alike(
    runs: QuerySet[TaskHistory], job: str, parameters: Parameters, field: str
) -> list[tuple[float, Any]]:
    """(seconds, that field) of the last of these runs that are of its kind, newest first."""
    kind = _kind(job, parameters)
    rows = (
        runs.filter(job=job, started_at__isnull=False, finished_at__isnull=False)
        .order_by("-id")
        .annotate(took=F("finished_at") - F("started_at"))
        .values_list("took", field, "parameters")[: LOOKED_AT if kind else PAST_RUNS]
    )
    alike = [
        (max(0.0, took.total_seconds()), value)
        for took, value, given in rows
        if _kind(job, given) == kind
    ]
    return alike[:PAST_RUNS]


def _kind(job: str, parameters: Parameters) -> tuple[str, ...]:
    definition = registry.find(job)
    return definition.kind(parameters) if definition else ()


def past_durations(job: str, parameters: Parameters) -> list[float]:
    """Seconds of the last successful runs of its kind, newest first."""
    return [seconds for seconds, _timeline in _past_runs(job, parameters)]


def usual_calm(job: str, parameters: Parameters) -> Range | None:
    """As usual_range, and calm."""
    usual = usual_range(job, parameters)
    return usual and calm(usual)


def calm(seconds: Range) -> Range:
    """Rounded outwards where tenths of a second would only pretend."""
    if seconds[1] < STEPS[0][0]:
        return seconds
    rounded = _rounded(*seconds)
    return rounded["low"], rounded["high"]


def usual_range(job: str, parameters: Parameters) -> Range | None:
    """Quartiles of past durations in seconds; None with fewer than three runs."""
    return _quartiles(past_durations(job, parameters))


def remaining(run: TaskHistory, now: datetime | None = None) -> dict[str, int] | None:
    """``{"low", "high"}`` in whole seconds, or None when nothing sensible can be said.

    So it is for a run that is silent, stuck or being cancelled, and while it does not move.
    """
    now = now or timezone.now()
    if not run.started_at or not run.is_running:
        return None
    if states.derive(run, served=True, now=now) != states.State.RUNNING:
        return None
    own, past = _own(run, now), _from_past(run, now)
    if own and past:
        trust = max(run.done / (run.total or 1), _elapsed(run, now) / _longest(run))
        low, high = (trust * o + (1 - trust) * p for o, p in zip(own, past, strict=True))
    elif own or past:
        low, high = own or past or (0.0, 0.0)
    else:
        return None
    return _rounded(low, high)


def _own(run: TaskHistory, now: datetime) -> Range | None:
    """From the run's rate, with what the phases after this one usually take."""
    if not run.rate or not run.total or not 0 < run.done < run.total:
        return None
    moved = run.progressed_at or run.started_at or now
    if (now - moved).total_seconds() > max(STILL_SECONDS, STILL_ITEMS / run.rate):
        return None
    seconds = (run.total - run.done) / run.rate
    later = _later_phases(run) or (0.0, 0.0)
    return seconds * OWN_LOW + later[0], seconds * OWN_HIGH + later[1]


def _from_past(run: TaskHistory, now: datetime) -> Range | None:
    """What is left of the usual time; None once the run has taken longer, or began anew."""
    usual = usual_range(run.job, run.parameters)
    if usual is None or run.attempt > 1 or _elapsed(run, now) >= usual[1]:
        return None
    return max(0.0, usual[0] - _elapsed(run, now)), usual[1] - _elapsed(run, now)


def _later_phases(run: TaskHistory) -> Range | None:
    """Quartiles of the time that past runs took for the phases after the run's present one."""
    sums = []
    for _seconds, timeline in _past_runs(run.job, run.parameters):
        slugs = [entry.get("slug") for entry in timeline]
        if run.phase in slugs:
            after = timeline[slugs.index(run.phase) + 1 :]
            sums.append(float(sum(entry.get("seconds") or 0.0 for entry in after)))
    return _quartiles(sums)


def _quartiles(seconds: list[float]) -> Range | None:
    if len(seconds) < LEAST_PAST_RUNS:
        return None
    low, _, high = statistics.quantiles(seconds, n=4, method="inclusive")
    return low, high


def _elapsed(run: TaskHistory, now: datetime) -> float:
    """Seconds since it began; the clocks of two machines may differ."""
    return max(0.0, (now - (run.started_at or now)).total_seconds())


def _longest(run: TaskHistory) -> float:
    usual = usual_range(run.job, run.parameters)
    return usual[1] if usual and usual[1] > 0 else 1.0


def _rounded(low: float, high: float) -> dict[str, int]:
    step = next(step for below, step in STEPS if high < below)
    return {
        "low": max(0, math.floor(low / step) * step),
        "high": max(1, math.ceil(high / step) * step),
    }
