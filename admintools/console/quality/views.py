"""How good the search is: the latest evaluation, an earlier one, and one as a file."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from admintools.console import charts, responses
from admintools.console.formatting import engine
from admintools.console.permissions import console_view, may_add_words
from admintools.jobs.registry import registry
from micasillero.quality.evaluations import restored
from micasillero.quality.models import AskedQuery, QueryJudgment, SearchEvaluation
from micasillero.quality.page import page as as_page

from . import figures
from .asked import MAY_JUDGE
from .compared import CompareForm

TEMPLATE = "console/quality/page.html"
RECENT, IN_TREND, ASKED = 12, 26, 20
GREATEST_ID = 2**63 - 1


@console_view("GET")
def latest(request: HttpRequest) -> HttpResponse:
    """The newest evaluation of the engine in use, else of any."""
    ours = SearchEvaluation.objects.of_engine(settings.SEARCH_ENGINE).first()
    return _page(request, ours or SearchEvaluation.objects.first())


@console_view("GET")
def one(request: HttpRequest, evaluation: int) -> HttpResponse:
    return _page(request, evaluation_or_404(evaluation))


@console_view("GET")
def export(request: HttpRequest, evaluation: int) -> HttpResponse:
    """The evaluation as one HTML file that needs nothing else."""
    row = evaluation_or_404(evaluation)
    at = formats.date_format(timezone.localtime(row.at), "DATETIME_FORMAT")
    told = as_page(restored(row), about=f"{at}, {engine(row.engine)}, {row.index}")
    answer = HttpResponse(told, content_type="text/html; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="evaluation-{row.pk}.html"'
    return answer


def evaluation_or_404(number: int) -> SearchEvaluation:
    """The evaluation of that number, or Http404 with a sentence."""
    row = None
    if number <= GREATEST_ID:
        row = SearchEvaluation.objects.filter(pk=number).first()
    if row is None:
        raise Http404(_("There is no evaluation with this number."))
    return row


def _page(request: HttpRequest, row: SearchEvaluation | None) -> HttpResponse:
    job = registry.get("evaluate_search")
    context: dict[str, Any] = {
        "title": _("Quality of the search"),
        "job": job,
        "may_launch": request.user.has_perm(job.permission),
        "may_judge": request.user.has_perm(MAY_JUDGE),
        "may_add_words": may_add_words(request.user),
        "queries": QueryJudgment.objects.asked().count(),
        "may_see_queries": request.user.has_perm("micasillero_quality.view_queryjudgment"),
        "asked": AskedQuery.objects.unanswered()[:ASKED],
        "asked_count": AskedQuery.objects.unanswered().count(),
    }
    if row is not None:
        context |= _of(row)
    return responses.page(request, TEMPLATE, context)


def _of(row: SearchEvaluation) -> dict[str, Any]:
    before = figures.previous_of(row)
    recent = SearchEvaluation.objects.defer("details")[:RECENT]
    return {
        "evaluation": row,
        "sentence": figures.sentence(row),
        "facts": figures.facts(row, before),
        "trend": charts.trend(figures.trend_of(row, IN_TREND)),
        "types": figures.by_type(row),
        "worst": figures.worst(row),
        "recent": recent,
        "compare": CompareForm(initial={"before": before, "now": row})
        if SearchEvaluation.objects.count() > 1
        else None,
    }
