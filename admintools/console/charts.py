"""Small pictures as plain figures for SVG attributes: no script, no inline style, prints well."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.jobs.estimate import PAST_FRESH_FOR, last_alike
from admintools.jobs.models import Status, TaskHistory
from micasillero.quality.models import SearchEvaluation

from .formatting import duration, duration_range, number, when, whole_percent

Rows = list[tuple[float, str]]

LEAST_TO_COMPARE = 3
HEIGHT, STEP = 26.0, 10

# By job: the run that ended last, when its past was read, and that past.
_kept: dict[str, tuple[str, float, Rows]] = {}


@dataclass(frozen=True)
class Bar:
    x: int
    y: str
    height: str
    kind: str


@dataclass(frozen=True)
class PastRuns:
    """The last runs of a job: bars for the picture, sentences for the reader.

    ``usual`` is the range of the successful ones, "" when there is none.
    """

    bars: list[Bar]
    usual: str
    summary: str
    spoken: str


def past_runs(job: str, parameters: Mapping[str, Any], newest: str = "") -> PastRuns | None:
    """Those of the kind that a run with these parameters is; None while they are too few to
    compare. ``newest``, the task id of the job's run that ended last, if it is known already: then
    they are read again when another one ends, or after half a minute."""
    rows = _kept_rows(job, parameters, newest) if newest else _rows(job, parameters)
    if len(rows) < LEAST_TO_COMPARE:
        return None
    seconds = [took for took, _status in rows]
    good = [took for took, status in rows if status == Status.SUCCESS]
    failed = sum(status == Status.FAILURE for _took, status in rows)
    usual = duration_range(min(good), max(good)) if good else ""
    # By the longest success: a failure that hung for an hour would flatten all others.
    bars = _bars(rows, longest=max(good or seconds) or 1.0)
    return PastRuns(bars, usual, *_sentences(seconds, usual, failed))


def _rows(job: str, parameters: Mapping[str, Any]) -> Rows:
    return last_alike(TaskHistory.objects.finished(), job, parameters, "status")[::-1]


def _kept_rows(job: str, parameters: Mapping[str, Any], newest: str) -> Rows:
    of, since, kept = _kept.get(job, ("", 0.0, []))
    if of != newest or time.monotonic() - since > PAST_FRESH_FOR:
        kept = _rows(job, parameters)
        _kept[job] = (newest, time.monotonic(), kept)
    return kept


def _bars(rows: Sequence[tuple[float, str]], longest: float) -> list[Bar]:
    bars = []
    for place, (took, status) in enumerate(rows):
        height = max(2.0, (HEIGHT - 2) * min(1.0, took / longest))
        kind = "bad" if status != Status.SUCCESS else "last" if place == len(rows) - 1 else ""
        bars.append(Bar(place * STEP, f"{HEIGHT - height:.1f}", f"{height:.1f}", kind))
    return bars


def _sentences(seconds: list[float], usual: str, failed: int) -> tuple[str, str]:
    bad = (
        ngettext("%(n)s failed", "%(n)s failed", failed) % {"n": number(failed)}
        if failed
        else _("none failed")
    )
    summary = _("Last %(n)s; %(failed)s") % {"n": number(len(seconds)), "failed": bad}
    spoken = _("Durations of the last %(n)s runs: %(usual)s; the latest %(last)s; %(failed)s") % {
        "n": number(len(seconds)),
        "usual": usual or "-",
        "last": duration(seconds[-1]),
        "failed": bad,
    }
    return summary, spoken


@dataclass(frozen=True)
class Trend:
    """Two lines through the evaluations, oldest first, in a box of TREND_WIDTH by TREND_HEIGHT.

    ``first_five`` and ``mrr`` are the points of an SVG path (x,y pairs of a polyline). The box
    reaches from ``low`` to 100 %, as ``grid`` says: (y, label). ``spoken`` says it in words.
    """

    first_five: list[str]
    mrr: list[str]
    grid: list[tuple[str, str]]
    first: str
    last: str
    spoken: str


TREND_WIDTH, TREND_HEIGHT, TREND_MARGIN = 600.0, 160.0, 6.0


def trend(evaluations: Sequence[SearchEvaluation]) -> Trend | None:
    """None without evaluations. They are set at equal distances, whatever the time between."""
    if not evaluations:
        return None
    values = [(e.success_5, e.mrr_10) for e in evaluations]
    # A tenth below the lowest at least: a fall of two hundredths must be seen, and not look a ruin.
    low = max(0.0, math.floor(min(map(min, values)) * 10 - 0.5) / 10)
    newest, oldest = evaluations[-1], evaluations[0]
    return Trend(
        first_five=_points([five for five, _mrr in values], low),
        mrr=_points([mrr for _five, mrr in values], low),
        grid=[(_height(share, low), whole_percent(share)) for share in (1.0, (1 + low) / 2, low)],
        first=when(oldest.at),
        last=when(newest.at) if len(evaluations) > 1 else "",
        spoken=_("%(n)s evaluations: found among the first 5 from %(from)s to %(to)s.")
        % {
            "n": number(len(evaluations)),
            "from": whole_percent(oldest.success_5),
            "to": whole_percent(newest.success_5),
        },
    )


def _points(shares: Sequence[float], low: float) -> list[str]:
    step = (TREND_WIDTH - 2 * TREND_MARGIN) / max(1, len(shares) - 1)
    return [f"{TREND_MARGIN + n * step:.1f},{_height(s, low)}" for n, s in enumerate(shares)]


def _height(share: float, low: float) -> str:
    room = TREND_HEIGHT - 2 * TREND_MARGIN
    return f"{TREND_MARGIN + room * (1 - share) / (1 - low):.1f}"
