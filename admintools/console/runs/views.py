"""One run: its page, its state as JSON, and what a person may do to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from admintools.console import audit, charts, responses
from admintools.console.launch import held, starting
from admintools.console.permissions import (
    CANCEL_RUN,
    RETRY_RUN,
    REVIEW_KEYWORDS,
    console_view,
    require,
)
from admintools.jobs import cancelling, launch, queues, transitions
from admintools.jobs.models import Status, TaskHistory
from micasillero.generation import run_states
from micasillero.generation.models import ModelComparison
from micasillero.keywords.models import Keyword
from micasillero.search.status import index_status

from . import again
from .download import file
from .facts import outcome_facts, parameter_facts
from .failed import failed_items, pieces_of_csv
from .lines import LEVELS, last_lines, lines_of, log_page, pieces_of_text

TEMPLATE, LOG_TEMPLATE = "console/runs/run.html", "console/runs/log_page.html"
# Of a number that every database takes for an id.
LONGEST_ID = 18
MAY_COMPARE = "admintools.launch_compare_providers"
ATTEMPTS_SHOWN = RETRIES_SHOWN = 20


@console_view("GET")
def run_page(request: HttpRequest, task_id: str) -> HttpResponse:
    run = responses.run_or_404(task_id)
    return responses.page(request, TEMPLATE, _context(request, run))


@console_view("GET", json_first=True)
def task_status(request: HttpRequest, task_id: str) -> HttpResponse:
    return JsonResponse(responses.run_object(responses.run_or_404(task_id)))


@console_view("POST", permission=CANCEL_RUN)
def task_cancel(request: HttpRequest, task_id: str) -> HttpResponse:
    run = responses.run_or_404(task_id)
    try:
        run = cancelling.request_cancel(run, request.user.get_username())
    except transitions.NotAllowed:
        return _refuse(request, run, _("This run cannot be cancelled: it is over."))
    audit.acted(request, run, _("Cancel requested."))
    if not responses.wants_json(request):
        return redirect(run)
    word = "cancelled" if run.status == Status.REVOKED else "cancelling"
    told = {"status": word, "state": run.status, "task_id": run.task_id}
    return JsonResponse({**told, "run_url": run.get_absolute_url()}, status=202)


@console_view("POST", permission=RETRY_RUN)
def task_retry(request: HttpRequest, task_id: str) -> HttpResponse:
    """Launch it again with the same parameters: retrying is launching, and asks as much."""
    run = responses.run_or_404(task_id)
    if run.definition is None:
        return _refuse(request, run, _("This job no longer exists."))
    require(request, run.definition.permission)
    if run.is_active:
        return _refuse(request, run, _("This run is still active: it cannot be retried yet."))
    try:
        form = held.checked(request, run.definition, run.parameters)
    except responses.UnreadableError as error:
        return responses.invalid({"__all__": [str(error)]})
    if form is not None and form.errors:
        form_url = reverse("admin:console_launch", args=[run.job])
        retry = urlencode({"retry_of": run.task_id})
        return held.refuse(request, form, f"{form_url}?{retry}")
    try:
        started = starting.start(request, run.job, run.parameters, retry_of=run)
    except launch.Conflict as conflict:
        context = _context(request, run)
        return starting.answer_conflict(request, conflict, run.job, TEMPLATE, context)
    return starting.answer(request, started)


@console_view("GET")
def run_log(request: HttpRequest, task_id: str) -> HttpResponseBase:
    """The whole log, page by page; ``format=text`` for a file of all lines."""
    run = responses.run_or_404(task_id)
    level = request.GET.get("level", "")
    lines = lines_of(run, level)
    if request.GET.get("format") == "text":
        return file(request, pieces_of_text(lines), f"{run.job}-{run.pk}.log", "text/plain")
    ends = {name: _line_id(request.GET.get(name)) for name in ("before", "after")}
    page = log_page(lines, **ends)
    if responses.wants_json(request):
        told = {"lines": page.lines, "older": page.older, "newer": page.newer}
        return JsonResponse({"task_id": run.task_id, **told})
    context = {
        "title": _("Log of %(run)s") % {"run": run},
        "row": run,
        "page": page,
        "total": lines.count(),
        "level": level if level in LEVELS else "",
        "levels": [("", _("All")), ("warning", _("Warnings and errors")), ("error", _("Errors"))],
    }
    return responses.page(request, LOG_TEMPLATE, context)


@console_view("GET")
def run_failed(request: HttpRequest, task_id: str) -> HttpResponseBase:
    """The failed items, all of them, as CSV."""
    run = responses.run_or_404(task_id)
    word = _("failed")
    return file(request, pieces_of_csv(run), f"{run.job}-{run.pk}-{word}.csv", "text/csv")


def _line_id(text: str | None) -> int | None:
    """The id in an address; None for what cannot be one."""
    if not text or not text.isascii() or not text.isdecimal() or len(text) > LONGEST_ID:
        return None
    return int(text)


def _refuse(request: HttpRequest, run: TaskHistory, sentence: str) -> HttpResponse:
    if responses.wants_json(request):
        return responses.conflict(run, sentence)
    messages.error(request, sentence)
    return redirect(run)


def _context(request: HttpRequest, run: TaskHistory) -> dict[str, Any]:
    told = responses.run_object(run)
    definition = run.definition
    user = request.user
    return {
        "title": told["label"],
        "subtitle": None,
        "run": told,
        "row": run,
        "definition": definition,
        "lines": last_lines(run),
        "attempts": list(run.attempts.all()[:ATTEMPTS_SHOWN]),
        "outcome": outcome_facts(told),
        "parameters": parameter_facts(run),
        "past": charts.past_runs(run.job, run.parameters),
        "queue": next((q for q in queues.queue_facts() if q.name == run.queue), None),
        "index": index_status() if run.job == "rebuild_index" and not run.is_active else None,
        "comparison_of": _comparison_of(run) if user.has_perm(MAY_COMPARE) else "",
        "keywords_of": _keywords_of(run) if user.has_perm(REVIEW_KEYWORDS) else "",
        "may_cancel": run.is_active and user.has_perm(CANCEL_RUN),
        "again": again.ways(run, user),
        "retries": run.retries.order_by("-id")[:RETRIES_SHOWN],
        "failed": failed_items(run, user),
        "may_roll_back": user.has_perm("admintools.launch_rollback_index"),
    }


def _comparison_of(run: TaskHistory) -> str:
    """The run's id where it compared models and has something to show, else ""."""
    found = ModelComparison.objects.filter(run_id=run.task_id)
    return run.task_id if run.job == "compare_providers" and found.exists() else ""


def _keywords_of(run: TaskHistory) -> str:
    """The id of the generation run whose keywords a person should see now; "" for none."""
    if run.job == "accept_keywords":
        accepted = run_states.find(str(run.parameters.get("run") or ""))
        return accepted.run_id if accepted else ""
    if run.job not in ("generate_keywords", "learn_keywords") or run.is_active:
        return ""
    return run.task_id if Keyword.objects.of_run(run.task_id).exists() else ""
