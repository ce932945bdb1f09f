"""Launching: the form on GET at launch/<job>/, the act on POST at the job's own address."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from admintools.console import responses
from admintools.console.permissions import console_view, require
from admintools.jobs import estimate
from admintools.jobs.launch import Conflict
from admintools.jobs.models import TaskHistory
from admintools.jobs.registry import JobDefinition, UnknownJob, registry
from micasillero.search.status import index_status

from .forms import LaunchForm
from .starting import answer, answer_conflict, start

TEMPLATE = "console/launch/form.html"


@console_view("GET", permission="")
def launch_form(request: HttpRequest, job: str) -> HttpResponse:
    definition = _definition(job)
    require(request, definition.permission)
    if not definition.form:
        return redirect("admin:console_import")
    return responses.page(request, TEMPLATE, _context(definition, _form_class(definition)()))


@console_view("POST", permission="")
def launch_job(request: HttpRequest, job: str) -> HttpResponse:
    definition = _definition(job)
    require(request, definition.permission)
    try:
        form = _form_class(definition)(responses.posted(request))
    except responses.UnreadableError as error:
        return responses.invalid({"__all__": [str(error)]})
    if not form.is_valid():
        return _invalid(request, definition, form)
    try:
        run = start(request, job, form.parameters())
    except Conflict as conflict:
        return answer_conflict(request, conflict, job, TEMPLATE, _context(definition, form))
    return answer(request, run)


def _definition(job: str) -> JobDefinition:
    try:
        return registry.get(job)
    except UnknownJob:
        raise Http404(_("There is no job with this name.")) from None


def _form_class(definition: JobDefinition) -> type[LaunchForm]:
    return import_string(definition.form)


def _invalid(request: HttpRequest, definition: JobDefinition, form: LaunchForm) -> HttpResponse:
    if responses.wants_json(request):
        return responses.invalid(form.errors)
    return responses.page(request, TEMPLATE, _context(definition, form), status=400)


def _context(definition: JobDefinition, form: LaunchForm) -> dict[str, Any]:
    active = TaskHistory.objects.active().filter(resource=definition.resource).first()
    return {
        "title": definition.label,
        "definition": definition,
        "form": form,
        "action": reverse(f"admin:{definition.url_name}"),
        "conflict": active if definition.resource else None,
        "usual": estimate.usual_range(definition.slug),
        "index": index_status() if definition.slug == "rollback_index" else None,
    }
