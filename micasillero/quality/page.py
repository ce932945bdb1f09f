"""An evaluation as one HTML page that needs nothing else."""

from typing import Any

from django.template.loader import render_to_string

from .compare import Comparison
from .evaluate import MEASURES, Evaluation

RATES = ("zero_result_rate", "relaxed_rate")


def page(found: Evaluation, change: Comparison | None = None, *, about: str = "") -> str:
    """The page: figures, by type, and every query with what it found, the worst first. ``about``
    says of what and when."""
    told = found.summary()
    rows = [("", told), *told["by_type"].items()]
    shown = (*MEASURES, *RATES)
    worst_first = sorted(found.outcomes, key=lambda o: (1 / o.rank if o.rank else 0.0, o.id))
    context = {
        "about": about,
        "measures": list(MEASURES),
        "rows": [(name, row["n"], [row[m] for m in shown]) for name, row in rows],
        "outcomes": worst_first,
        "p95_ms": told["p95_ms"],
        "skipped": told["skipped"],
        "change": _told(found, change) if change else None,
    }
    return render_to_string("quality/evaluation.html", context)


def _told(found: Evaluation, change: Comparison) -> dict[str, Any]:
    """The comparison with the queries in their own words."""
    asked = {outcome.id: outcome.query for outcome in found.outcomes}
    return {
        "n": change.n,
        "measures": [(m, f"{d:+.4f}", change.p[m]) for m, d in change.differences.items()],
        "won": [asked[name] for name in change.won],
        "lost": [asked[name] for name in change.lost],
    }
