"""A query that found nothing: judged, so that it counts from now on, or put aside."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from admintools.console import audit, responses
from admintools.console.permissions import console_view, may_add_words
from admintools.jobs.texts import render
from micasillero.quality.forms import JudgmentForm
from micasillero.quality.models import AskedQuery, QueryJudgment, QueryType
from micasillero.search.intent import Hit
from micasillero.search.query import search
from micasillero.work import TryAgain, WorkError

MAY_JUDGE = "micasillero_quality.add_queryjudgment"
TEMPLATE = "console/quality/judge.html"
SHOWN = 10
GREATEST_ID = 2**63 - 1


class AskedForm(JudgmentForm):
    """The judgment of a query that somebody asked: it is asked as it was written."""

    class Meta(JudgmentForm.Meta):
        fields = ("type", "relevant", "best")  # type: ignore[assignment]


@console_view("GET", "POST", permission=MAY_JUDGE)
def judge(request: HttpRequest, query: int) -> HttpResponse:
    asked = _asked_or_404(query)
    if request.method == "GET":
        return _page(request, asked, AskedForm(initial={"type": QueryType.SPANISH}))
    try:
        fields = responses.posted(request)
    except responses.UnreadableError as error:
        return responses.invalid({"__all__": [str(error)]})
    form = AskedForm(fields, instance=QueryJudgment(query=asked.text))
    if not form.is_valid():
        if responses.wants_json(request):
            return responses.invalid(form.errors)
        return _page(request, asked, form, status=400)
    if not _keep(request, asked, form.instance):
        return _settled_before(request)
    return _done(request, "judged", _("Judged: it is asked in every evaluation from now on."))


@console_view("POST", permission=MAY_JUDGE)
def dismiss(request: HttpRequest, query: int) -> HttpResponse:
    asked = _asked_or_404(query)
    with transaction.atomic():
        if not asked.settle(AskedQuery.State.DISMISSED):
            return _settled_before(request)
        audit.acted(request, asked, _("Put aside."))
    return _done(request, "dismissed", _("Put aside: “%(query)s”.") % {"query": asked.text})


def _keep(request: HttpRequest, asked: AskedQuery, judgment: QueryJudgment) -> bool:
    """Store the judgment; False when somebody else settled the query first."""
    with transaction.atomic():
        if not asked.settle(AskedQuery.State.JUDGED):
            return False
        judgment.edited_by, judgment.edited_at = request.user, timezone.now()  # type: ignore
        judgment.save()
        audit.launched(request, judgment, _("Judged, after people asked it."))
    return True


def _settled_before(request: HttpRequest) -> HttpResponse:
    sentence = _("Somebody has judged this query or put it aside already.")
    if responses.wants_json(request):
        return responses.invalid({"query": [sentence]})
    messages.error(request, sentence)
    return redirect("admin:console_quality")


def _done(request: HttpRequest, status: str, sentence: str) -> HttpResponse:
    if responses.wants_json(request):
        return JsonResponse({"status": status})
    messages.success(request, sentence)
    return redirect("admin:console_quality")


def _asked_or_404(number: int) -> AskedQuery:
    asked = AskedQuery.objects.filter(pk=number).first() if number <= GREATEST_ID else None
    if asked is None:
        raise Http404(_("Nobody asked a query with this number."))
    return asked


def _page(
    request: HttpRequest, asked: AskedQuery, form: AskedForm, status: int = 200
) -> HttpResponse:
    look = request.GET.get("look", "") or asked.text
    hits, fault = _looked(look)
    context: dict[str, Any] = {
        "title": _("Judge a query"),
        "asked": asked,
        "form": form,
        "look": look,
        "hits": hits,
        "fault": fault,
        "may_add_words": may_add_words(request.user),
    }
    return responses.page(request, TEMPLATE, context, status)


def _looked(text: str) -> tuple[list[Hit], str]:
    """The lines that the search has for a text, or why it has none to show."""
    try:
        return search(text, SHOWN).hits, ""
    except WorkError as error:
        return [], render(error.message, error.params)
    except TryAgain:
        return [], _("The search engine does not answer.")
