"""Percentiles that the database picks: of each job's runs no more than four rows come here."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.db.models.lookups import GreaterThan, LessThan


def percentiles(
    runs: QuerySet, length: Any, wanted: tuple[int, ...]
) -> dict[str, dict[int, float]]:
    """By job and percentile the seconds of ``length``, a difference of two moments of a run.

    Between two runs it is interpolated, as PostgreSQL's percentile_cont does. Whoever has no such
    length is left out.
    """
    ordered = runs.order_by().annotate(
        length=ExpressionWrapper(length, output_field=DurationField()),
        place=Window(RowNumber(), partition_by="job", order_by="length"),
        of=Window(Count("*"), partition_by="job"),
    )
    beside = Q()
    for percentile in wanted:
        beside |= _beside(percentile)
    picked: dict[str, dict[int, float]] = defaultdict(dict)
    sizes: dict[str, int] = {}
    rows = ordered.filter(beside).values_list("job", "place", "of", "length")
    for job, place, size, seconds in rows:
        picked[job][place] = seconds.total_seconds()
        sizes[job] = size
    return {
        job: {percentile: _between(places, sizes[job], percentile) for percentile in wanted}
        for job, places in picked.items()
    }


def _beside(percentile: int) -> Q:
    """The one or two runs that it lies at or between. In hundredths of a place, which are whole."""
    distance = (F("place") - 1) * 100 - (F("of") - 1) * percentile
    return Q(GreaterThan(distance, -100), LessThan(distance, 100))


def _between(places: Mapping[int, float], size: int, percentile: int) -> float:
    whole, hundredths = divmod((size - 1) * percentile, 100)
    low = places[whole + 1]
    return low + (places[whole + 2] - low) * hundredths / 100 if hundredths else low
