"""One run: its page, its state as JSON, and what a person may do to it."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from admintools.console import audit, charts, responses
from admintools.console.launch import starting
from admintools.console.permissions import CANCEL_RUN, RETRY_RUN, console_view
from admintools.jobs import launch, queues, transitions
from admintools.jobs.models import Status, TaskHistory
from admintools.jobs.registry import UnknownJob
from micasillero.search.status import index_status

from .facts import outcome_facts, parameter_facts
from .lines import last_lines

TEMPLATE = "console/runs/run.html"


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
        run = transitions.request_cancel(run, request.user.get_username())
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
    run = responses.run_or_404(task_id)
    try:
        with transaction.atomic():
            again = launch.retry(run, starting.initiator(request))
            audit.launched(request, again, _("Retried: %(job)s.") % {"job": run.label})
    except transitions.NotAllowed:
        return _refuse(request, run, _("This run is still active: it cannot be retried yet."))
    except UnknownJob:
        return _refuse(request, run, _("This job no longer exists."))
    except launch.Conflict as conflict:
        context = _context(request, run)
        return starting.answer_conflict(request, conflict, run.job, TEMPLATE, context)
    return starting.answer(request, again)


def _refuse(request: HttpRequest, run: TaskHistory, sentence: str) -> HttpResponse:
    if responses.wants_json(request):
        return responses.conflict(run, sentence)
    messages.error(request, sentence)
    return redirect(run)


def _context(request: HttpRequest, run: TaskHistory) -> dict[str, Any]:
    told = responses.run_object(run)
    definition = run.definition
    user = request.user
    over = run.status in (Status.FAILURE, Status.REVOKED)
    return {
        "title": told["label"],
        "subtitle": None,
        "run": told,
        "row": run,
        "definition": definition,
        "lines": last_lines(run),
        "attempts": list(run.attempts.all()[:20]),
        "outcome": outcome_facts(told),
        "parameters": parameter_facts(run),
        "past": charts.past_runs(run.job),
        "queue": next((q for q in queues.queue_facts() if q.name == run.queue), None),
        "index": index_status() if run.job == "rebuild_index" and not run.is_active else None,
        "may_cancel": run.is_active and user.has_perm(CANCEL_RUN),
        "may_retry": over and definition is not None and user.has_perm(RETRY_RUN),
        "may_roll_back": user.has_perm("admintools.launch_rollback_index"),
        "may_repeat": bool(
            run.status == Status.SUCCESS
            and definition
            and definition.form
            and user.has_perm(definition.permission)
        ),
    }
