"""From a permitted request to a run, and the answer to it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from admintools.console import audit, responses
from admintools.jobs.launch import Conflict, Initiator, launch, retry
from admintools.jobs.models import Source, TaskHistory


def initiator(request: HttpRequest) -> Initiator:
    return Initiator(Source.CONSOLE, user=request.user)  # type: ignore[arg-type]


def start(
    request: HttpRequest,
    job: str,
    parameters: Mapping[str, Any],
    retry_of: TaskHistory | None = None,
) -> TaskHistory:
    """Launch a job for the user, with its entry in the log of actions. Raises Conflict, and for a
    retry what jobs.launch.retry raises."""
    who = initiator(request)
    with transaction.atomic():
        if retry_of is None:
            run = launch(job, parameters=parameters, initiator=who)
            sentence = _("Launched: %(job)s.")
        else:
            run = retry(retry_of, who, parameters)
            sentence = _("Retried: %(job)s.")
        audit.launched(request, run, sentence % {"job": run.label})
    return run


def answer(request: HttpRequest, run: TaskHistory) -> HttpResponse:
    if responses.wants_json(request):
        return responses.started(run)
    return redirect(run)


def conflict_sentence(conflict: Conflict, job: str) -> str:
    """Why the launch was refused: the same job, or another that works on the same thing."""
    running = conflict.running
    if running.job == job:
        return _("One is already running. Watch it, or launch again when it ends.")
    return _("“%(label)s” is running and works on the same thing. Launch again when it ends.") % {
        "label": running.label
    }


def answer_conflict(
    request: HttpRequest, conflict: Conflict, job: str, template: str, context: dict[str, Any]
) -> HttpResponse:
    """409 as JSON, or ``template`` with ``conflict`` and ``conflict_text`` in its context."""
    sentence = conflict_sentence(conflict, job)
    if responses.wants_json(request):
        return responses.conflict(conflict.running, sentence)
    told = {**context, "conflict": conflict.running, "conflict_text": sentence}
    return responses.page(request, template, told, status=409)
