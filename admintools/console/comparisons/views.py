"""Models compared on a sample: the list of comparisons, and one of them side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from admintools.console import responses
from admintools.console.formatting import dollars, duration, number
from admintools.console.permissions import console_view
from admintools.jobs.texts import render
from micasillero.generation.budget import MICROS
from micasillero.generation.models import ModelComparison
from micasillero.keywords.models import Verdict
from micasillero.keywords.reasons import Reason

MAY_COMPARE = "admintools.launch_compare_providers"
LIST, PAGE = "console/comparisons/list.html", "console/comparisons/page.html"
RECENT = 50


@dataclass(frozen=True)
class Row:
    """One figure of both models, as (model, value)."""

    label: str
    values: tuple[tuple[str, str], ...]
    hint: str = ""


@console_view("GET", permission=MAY_COMPARE)
def comparisons(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("Compare models"),
        "comparisons": ModelComparison.objects.defer("lines")[:RECENT],
    }
    return responses.page(request, LIST, context)


@console_view("GET", permission=MAY_COMPARE)
def comparison(request: HttpRequest, task_id: str) -> HttpResponse:
    run = responses.run_or_404(task_id)
    found = ModelComparison.objects.filter(run_id=run.task_id).first()
    if found is None:
        raise Http404(_("This run compared nothing, or has not ended yet."))
    context = {
        "title": str(found),
        "comparison": found,
        "run": run,
        # At a cap some lines are compared all the same.
        "cut_short": render(run.error_message, run.error_params),
        "rows": _rows(found),
        "lines": [_line(line, found.sides) for line in found.lines],
    }
    return responses.page(request, PAGE, context)


def _rows(found: ModelComparison) -> list[Row]:
    sides = found.sides

    def row(label: str, told: Callable[[dict[str, Any]], str], hint: str = "") -> Row:
        return Row(label, tuple((side["model"], told(side)) for side in sides), hint)

    return [
        row(_("Lines answered"), lambda side: number(side["answered"])),
        row(_("Lines without a usable answer"), lambda side: number(side["refused"])),
        row(_("Terms that passed"), _share("passed")),
        row(_("Doubtful terms"), _share("doubtful")),
        row(_("Dropped terms"), _share("dropped")),
        row(_("Judged queries whose words are all there"), _queries(found), _before(found)),
        row(
            _("Cost of these answers"),
            lambda side: dollars(side["cost_micros"] / MICROS),
            _("now, or when they were paid"),
        ),
        row(_("Cost of 1,000 lines"), _of_a_thousand, _("at this average")),
        row(_("Time of one answer"), lambda side: duration(float(side["seconds"]))),
    ]


def _share(name: str) -> Callable[[dict[str, Any]], str]:
    def told(side: dict[str, Any]) -> str:
        of = side["suggested"]
        share = f" ({round(100 * side[name] / of)}\N{NO-BREAK SPACE}%)" if of else ""
        return number(side[name]) + share

    return told


def _queries(found: ModelComparison) -> Callable[[dict[str, Any]], str]:
    return lambda side: number(side["queries"]) if found.queries else "–"


def _before(found: ModelComparison) -> str:
    if not found.queries:
        return _("none of these lines answers a judged query")
    told = {"n": number(found.covered_before), "queries": number(found.queries)}
    return _("%(n)s of %(queries)s before") % told


def _of_a_thousand(side: dict[str, Any]) -> str:
    if not side["answered"]:
        return "–"
    return dollars(1000 * side["cost_micros"] / side["answered"] / MICROS)


def _line(line: dict[str, Any], models: list[dict[str, Any]]) -> dict[str, Any]:
    """The line with each model's terms by verdict, and the reasons in words."""
    both = zip(models, line["sides"], strict=True)
    return {**line, "sides": [{"model": of["model"], **_terms(side)} for of, side in both]}


def _terms(side: dict[str, Any]) -> dict[str, Any]:
    words = dict(Reason.choices)
    told = [
        {**term, "why": ", ".join(str(words.get(name, name)) for name in term["reasons"])}
        for term in side["terms"]
    ]
    kinds = (Verdict.PASSED, Verdict.DOUBTFUL)
    return {
        "refused": side["refused"],
        "passed": [term for term in told if term["verdict"] == Verdict.PASSED],
        "doubtful": [term for term in told if term["verdict"] == Verdict.DOUBTFUL],
        "dropped": [term for term in told if term["verdict"] not in kinds],
    }
