"""Two evaluations side by side: what got better, what got worse, and whether it was luck."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admintools.console import responses
from admintools.console.formatting import engine, number, when
from admintools.console.permissions import console_view
from micasillero.quality.compare import Comparison, compare
from micasillero.quality.models import SearchEvaluation

TEMPLATE = "console/quality/compare.html"
MOST_NAMED = 50


class EvaluationField(forms.ModelChoiceField):
    """One of the evaluations, called by its time and engine."""

    def label_from_instance(self, obj: SearchEvaluation) -> str:  # type: ignore[override]
        return f"{when(obj.at)}, {engine(obj.engine)} (#{obj.pk})"


class CompareForm(forms.Form):
    before = EvaluationField(queryset=None, label=gettext_lazy("Before"), empty_label=None)
    now = EvaluationField(queryset=None, label=gettext_lazy("After"), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.queryset = SearchEvaluation.objects.defer("details")  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Moved:
    """A query whose first right line came to another place; "–" where there is none."""

    query: str
    before: str
    now: str


@console_view("GET")
def page(request: HttpRequest) -> HttpResponse:
    form = CompareForm(request.GET)
    if not form.is_valid():
        if responses.wants_json(request):
            return responses.invalid(form.errors)
        context = {"title": _("Compare two evaluations"), "form": form}
        return responses.page(request, TEMPLATE, context, status=400)
    before, now = form.cleaned_data["before"], form.cleaned_data["now"]
    change = compare(before.outcomes, now.outcomes)
    context = {
        "title": _("Compare two evaluations"),
        "form": form,
        "before": before,
        "now": now,
        "change": change,
        "rows": _rows(before, now, change),
        "won": _moved(before, now, change.won),
        "lost": _moved(before, now, change.lost),
    }
    return responses.page(request, TEMPLATE, context)


def _rows(
    before: SearchEvaluation, now: SearchEvaluation, change: Comparison
) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "before": number(before.details[name], 3),
            "now": number(now.details[name], 3),
            "difference": f"{'+' if moved > 0 else ''}{number(moved, 3)}",
            "tone": "ok" if moved > 0 else "err" if moved < 0 else "",
            "p": _chance(change.p[name]),
        }
        for name, moved in change.differences.items()
    ]


def _moved(before: SearchEvaluation, now: SearchEvaluation, names: tuple[str, ...]) -> list[Moved]:
    was = {outcome["id"]: outcome["rank"] for outcome in before.outcomes}
    is_now = {outcome["id"]: outcome for outcome in now.outcomes}
    return [
        Moved(is_now[name]["query"], _place(was[name]), _place(is_now[name]["rank"]))
        for name in names[:MOST_NAMED]
    ]


def _chance(p: float) -> str:
    """Never 0.000: chance can make any difference, if seldom."""
    return f"< {number(0.001, 3)}" if p < 0.001 else number(p, 3)


def _place(rank: int | None) -> str:
    return number(rank) if rank else "–"
