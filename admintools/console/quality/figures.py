"""What the quality pages show of an evaluation, in the reader's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from admintools.console.fact import Fact
from admintools.console.formatting import (
    hundredths,
    milliseconds,
    number,
    tenth_percent,
    whole_percent,
)
from micasillero.catalog.models import PartidaArancelaria
from micasillero.quality.models import QueryJudgment, QueryType, SearchEvaluation

WORST = 12
FOUND_SHOWN = 3


@dataclass(frozen=True)
class WorstRow:
    """A query that found its line late or not at all. ``place`` is "" where it did not; ``found``
    are the first lines as (code, description); ``judgment`` is its row, if there is one still."""

    query: str
    type: str
    place: str
    found: list[tuple[str, str]]
    judgment: QueryJudgment | None


def sentence(row: SearchEvaluation) -> str:
    """9 of 10 searches find their line, cut off: 10 of 10 are all of them."""
    of_ten = int(row.success_5 * 10 + 1e-9)
    return _("%(n)s of every 10 searches find their tariff line among the first 5.") % {
        "n": number(of_ten)
    }


def measured(engine: str) -> str:
    """The sentence of the engine's latest evaluation, "" where there is none."""
    row = SearchEvaluation.objects.of_engine(engine).defer("details").first()
    return sentence(row) if row else ""


def facts(row: SearchEvaluation, before: SearchEvaluation | None) -> list[Fact]:
    """The figures, each with what it was ``before``."""
    shown = (
        (_("Among the first 5 (S@5)"), "success_5", whole_percent),
        (_("In the first place (S@1)"), "success_1", whole_percent),
        (_("Without a result"), "zero_result_rate", tenth_percent),
        (_("Near misses"), "relaxed_rate", tenth_percent),
        ("MRR@10", "mrr_10", hundredths),
        ("nDCG@10", "ndcg_10", hundredths),
        ("P@5", "precision_5", hundredths),
        (_("95 of 100 answered within"), "p95_ms", milliseconds),
    )
    return [
        Fact(
            label,
            said(getattr(row, name)),
            _("before %(value)s") % {"value": said(getattr(before, name))} if before else "",
        )
        for label, name, said in shown
    ]


def type_label(name: str) -> str:
    """The word for a type of queries; one that we do not know is shown as it is."""
    return str(capfirst(QueryType(name).label)) if name in QueryType.values else name


def by_type(row: SearchEvaluation) -> list[dict[str, Any]]:
    """A row for each type: label, n, and the measures as printed."""
    return [
        {
            "label": type_label(name),
            "n": number(told["n"]),
            "first_five": whole_percent(told["S@5"]),
            "first": whole_percent(told["S@1"]),
            "mrr": hundredths(told["MRR@10"]),
            "zero": tenth_percent(told["zero_result_rate"]),
        }
        for name, told in row.details["by_type"].items()
    ]


def worst(row: SearchEvaluation) -> list[WorstRow]:
    """The queries whose line does not come first, the worst first, at most WORST."""
    late = sorted(
        (o for o in row.outcomes if o["rank"] != 1), key=lambda o: (-(o["rank"] or 999), o["id"])
    )[:WORST]
    texts = described(code for o in late for code in o["codes"][:FOUND_SHOWN])
    judgments = QueryJudgment.objects.in_bulk([o["id"] for o in late], field_name="name")
    return [
        WorstRow(
            query=o["query"],
            type=type_label(o["type"]),
            place=number(o["rank"]),
            found=[(code, texts.get(code, "")) for code in o["codes"][:FOUND_SHOWN]],
            judgment=judgments.get(o["id"]),
        )
        for o in late
    ]


def described(codes: Iterable[str]) -> dict[str, str]:
    """The descriptions of these lines, by code."""
    rows = PartidaArancelaria.objects.filter(item_no__in=set(codes))
    return dict(rows.values_list("item_no", "descripcion"))


def previous_of(row: SearchEvaluation) -> SearchEvaluation | None:
    """The evaluation of the same engine before this one."""
    older = SearchEvaluation.objects.of_engine(row.engine).filter(pk__lt=row.pk)
    return older.defer("details").first()


def trend_of(row: SearchEvaluation, most: int) -> Sequence[SearchEvaluation]:
    """The evaluations of its engine up to this one, oldest first, the latest ``most``."""
    rows = SearchEvaluation.objects.of_engine(row.engine).filter(pk__lte=row.pk)
    return list(rows.defer("details")[:most])[::-1]
