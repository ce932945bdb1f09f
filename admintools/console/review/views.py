"""The review of keywords: the queue, the decisions, and one keyword beside its line."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console import responses
from admintools.console.formatting import number
from admintools.console.marked import GREATEST_ID
from admintools.console.permissions import REVIEW_KEYWORDS, console_view
from micasillero.generation import run_states
from micasillero.keywords.decisions import Decision, decide, undo
from micasillero.keywords.models import Keyword

from . import queue as queues
from .forms import ACTIONS, DecisionForm, FilterForm
from .keyword import detail, find_now, keyword_or_404
from .wording import refused as refused_sentence

QUEUE, KEYWORD = "console/review/queue.html", "console/review/keyword.html"
MOST_RUNS = 20
# So long the page offers to take back what one decided last.
UNDO_SECONDS = 3600
MOST_NAMED = 5


@console_view("GET", permission=REVIEW_KEYWORDS)
def review(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    if not form.is_valid():
        return responses.page(request, QUEUE, _context(request, form, None), 400)
    found = queues.queue(form.cleaned_data)
    return responses.page(request, QUEUE, _context(request, form, found))


@console_view("POST", permission=REVIEW_KEYWORDS)
def decide_keywords(request: HttpRequest) -> HttpResponse:
    try:
        posted = responses.posted(request)
    except responses.UnreadableError as error:
        return responses.invalid({"__all__": [str(error)]})
    form = DecisionForm(posted)
    if not form.is_valid():
        return _invalid(request, form)
    action, ids = form.cleaned_data["action"], form.cleaned_data["ids"]
    status = ACTIONS[action]
    decision = decide(ids, status, request.user) if status else undo(ids, request.user)
    if responses.wants_json(request):
        return _as_json(decision, action)
    if decision.done:
        messages.success(request, _sentence(decision, action))
    for keyword in decision.refused[:MOST_NAMED]:
        messages.warning(request, f"{keyword.text}: {refused_sentence(keyword)}")
    if not decision.done and not decision.refused:
        messages.error(request, _gone())
    return redirect(_queue_address(posted))


@console_view("GET", permission=REVIEW_KEYWORDS)
def keyword_page(request: HttpRequest, keyword: int) -> HttpResponse:
    """Before and after; the page of the queue takes its panel from here."""
    return _keyword_page(request, keyword, find=False)


@console_view("GET", permission=REVIEW_KEYWORDS)
def keyword_search(request: HttpRequest, keyword: int) -> HttpResponse:
    """The same, with what a search for it finds now: asked on demand, not for each row."""
    return _keyword_page(request, keyword, find=True)


def _keyword_page(request: HttpRequest, number_: int, *, find: bool) -> HttpResponse:
    keyword = keyword_or_404(min(number_, GREATEST_ID))
    marked = [int(text) for text in request.GET.getlist("marked")[:100] if _small(text)]
    context = {
        "title": keyword.text,
        "detail": detail(keyword, marked),
        "found": find_now(keyword) if find else None,
        "open": Keyword.objects.awaiting().filter(pk=keyword.pk).exists(),
    }
    return responses.page(request, KEYWORD, context)


def _small(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _context(request: HttpRequest, form: FilterForm, found: queues.Queue | None) -> dict[str, Any]:
    first = found.rows[0].keyword if found and found.rows else None
    reviewing = found is not None and not form.cleaned_data["status"]
    return {
        "title": _("Review keywords"),
        "form": form,
        "queue": found,
        "left": queues.left(),
        "reviewing": reviewing or (found is not None and form.cleaned_data["status"] == "pending"),
        "runs": list(run_states.waiting()[:MOST_RUNS]),
        "last": _last_decision(request.user),
        "detail": detail(first) if first else None,
        "open": True,
        "me": request.user,
    }


def _last_decision(person: Any) -> list[Keyword]:
    """What this person decided last, while it is likely a slip that should be taken back."""
    found = list(Keyword.objects.last_decision_of(person).order_by("pk"))
    if not found or found[0].decided_at is None:
        return []
    old = (timezone.now() - found[0].decided_at).total_seconds() > UNDO_SECONDS
    return [] if old else found


def _as_json(decision: Decision, action: str) -> JsonResponse:
    """200 {"status": "decided", ...}, or 409 when somebody else was first with every one."""
    told: dict[str, Any] = {
        "done": [_told(keyword) for keyword in decision.done],
        "refused": [
            {**_told(keyword), "sentence": refused_sentence(keyword)}
            for keyword in decision.refused
        ],
        "left": queues.left(),
    }
    if decision.done:
        return JsonResponse({"status": "decided", "sentence": _sentence(decision, action), **told})
    sentences = [each["sentence"] for each in told["refused"][:1]] or [_gone()]
    return JsonResponse({"status": "conflict", "detail": sentences[0], **told}, status=409)


def _told(keyword: Keyword) -> dict[str, Any]:
    return {
        "id": keyword.pk,
        "state": keyword.status,
        "label": keyword.get_status_display(),
    }


def _sentence(decision: Decision, action: str) -> str:
    """Approved: leather boots. 128 left to review."""
    done = decision.done
    what = done[0].text
    if len(done) > 1:
        what = ngettext("%(n)s keyword", "%(n)s keywords", len(done)) % {"n": number(len(done))}
    return _("%(status)s: %(what)s. %(left)s left to review.") % {
        "status": _("Undone") if action == "undo" else done[0].get_status_display(),
        "what": what,
        "left": number(queues.left()),
    }


def _gone() -> str:
    return _("These keywords are no longer there: their run was taken back. Reload the page.")


def _invalid(request: HttpRequest, form: DecisionForm) -> HttpResponse:
    if responses.wants_json(request):
        return responses.invalid(form.errors)
    messages.error(request, " ".join(str(e) for e in form.non_field_errors()))
    return redirect(_queue_address(form.data))


def _queue_address(posted: Any) -> str:
    """The queue with the filters that the page had."""
    form = FilterForm(posted)
    address = reverse("admin:console_review")
    filters = form.asked if form.is_valid() else {}
    return f"{address}?{urlencode(filters)}" if filters else address
