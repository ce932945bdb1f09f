"""Evaluations and asked queries for the quality pages."""

from django.utils import timezone

from micasillero.quality.evaluate import MEASURES, Evaluation, Outcome
from micasillero.quality.evaluations import keep
from micasillero.quality.models import AskedQuery, SearchEvaluation

FOUND = "6404.11.00.00"


def kept(engine: str = "tantivy", **ranks: int | None) -> SearchEvaluation:
    """An evaluation in which these queries, by name, found their line at that place."""
    outcomes = tuple(_outcome(name, rank) for name, rank in ranks.items())
    return keep(Evaluation(outcomes, ("left out",)), engine=engine, index="partidas-1")


def _outcome(name: str, rank: int | None) -> Outcome:
    measures = dict.fromkeys(MEASURES, 1 / rank if rank else 0.0)
    measures["S@5"] = float(rank is not None and rank <= 5)
    return Outcome(name, f"consulta {name}", "es", (FOUND,), rank, False, 5.0, measures)


def asked(text: str = "zorbatrón", **fields: object) -> AskedQuery:
    """A query that found nothing twice."""
    now = timezone.now()
    row = {"folded": text, "text": text, "times": 3, "without": 2, "first_at": now, "last_at": now}
    return AskedQuery.objects.create(**{**row, **fields})
