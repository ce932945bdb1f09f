"""Small pictures as plain figures for SVG attributes: no script, no inline style, prints well."""

from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.jobs.models import Status, TaskHistory

from .formatting import duration, duration_range, number

LEAST_TO_COMPARE = 3
BARS, HEIGHT, STEP, WIDTH = 20, 26.0, 10, 7


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


def past_runs(job: str) -> PastRuns | None:
    """None while there are too few to compare."""
    rows = list(
        TaskHistory.objects.finished()
        .filter(job=job, started_at__isnull=False)
        .order_by("-id")
        .annotate(took=F("finished_at") - F("started_at"))
        .values_list("status", "took")[:BARS]
    )
    if len(rows) < LEAST_TO_COMPARE:
        return None
    rows.reverse()
    seconds = [took.total_seconds() if took else 0.0 for _status, took in rows]
    good = [s for s, (status, _took) in zip(seconds, rows, strict=True) if status == Status.SUCCESS]
    failed = sum(status == Status.FAILURE for status, _took in rows)
    usual = duration_range(min(good), max(good)) if good else ""
    return PastRuns(_bars(rows, seconds), usual, *_sentences(seconds, usual, failed))


def _bars(rows: list, seconds: list[float]) -> list[Bar]:
    # By the longest success: a failure that hung for an hour would flatten all others.
    good = [s for s, (status, _took) in zip(seconds, rows, strict=True) if status == Status.SUCCESS]
    longest = max(good or seconds) or 1.0
    bars = []
    for place, ((status, _took), took) in enumerate(zip(rows, seconds, strict=True)):
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
