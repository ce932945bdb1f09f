"""An evaluation as one HTML page that needs nothing else."""

from django.template.loader import render_to_string

from .compare import Comparison
from .evaluate import MEASURES, Evaluation


def page(found: Evaluation, change: Comparison | None = None) -> str:
    """The page: figures, by type, and every query with what it found, the worst first."""
    told = found.summary()
    rows = [("", told), *told["by_type"].items()]
    worst_first = sorted(found.outcomes, key=lambda o: (1 / o.rank if o.rank else 0.0, o.id))
    context = {
        "measures": list(MEASURES),
        "rows": [(name, row["n"], [row[m] for m in MEASURES]) for name, row in rows],
        "outcomes": worst_first,
        "change": change,
        "changes": [(m, change.differences[m], change.p[m]) for m in change.differences]
        if change
        else [],
        "p95_ms": told["p95_ms"],
    }
    return render_to_string("quality/evaluation.html", context)
