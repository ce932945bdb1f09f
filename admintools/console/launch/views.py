"""Launching: the form on GET at launch/<job>/, the act on POST at the job's own address."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from admintools.console import responses
from admintools.console.permissions import RETRY_RUN, console_view, require
from admintools.jobs.launch import Conflict
from admintools.jobs.models import TaskHistory
from admintools.jobs.registry import JobDefinition, UnknownJob, registry

from .forms import LaunchForm
from .impact import Preview, as_json, preview
from .starting import answer, answer_conflict, start

TEMPLATE, PREVIEW = "console/launch/form.html", "console/launch/preview.html"
# What the form's own button sends.
FROM_FORM = "from_form"


@console_view("GET", permission="")
def launch_form(request: HttpRequest, job: str) -> HttpResponse:
    definition = _definition(job)
    require(request, definition.permission)
    if not definition.form:
        return redirect(f"admin:{definition.url_name or 'console_import'}")
    wanted = request.GET.get("retry_of", "")
    if not wanted:
        return show_form(request, definition, form_of(definition, user=request.user))
    require(request, RETRY_RUN)
    checked = form_of(definition, {"retry_of": wanted}, user=request.user)
    checked.is_valid()
    if "retry_of" in checked.errors:
        raise Http404(" ".join(map(str, checked.errors["retry_of"])))
    initial = {**checked.cleaned_data["retry_of"].parameters, "retry_of": wanted}
    form = form_of(definition, initial=initial, user=request.user)
    return show_form(request, definition, form)


@console_view("POST", permission="")
def launch_job(request: HttpRequest, job: str) -> HttpResponse:
    definition = _definition(job)
    require(request, definition.permission)
    try:
        form = form_of(definition, responses.posted(request), user=request.user)
    except responses.UnreadableError as error:
        return responses.invalid({"__all__": [str(error)]})
    if form.data.get("retry_of"):
        require(request, RETRY_RUN)
    if form.is_valid() and form.data.get(FROM_FORM):
        _hold_to_preview(definition, form)
    if not form.is_valid():
        return _invalid(request, definition, form)
    try:
        run = start(request, job, form.parameters(), form.cleaned_data["retry_of"])
    except Conflict as conflict:
        context = _context(definition, form)
        return answer_conflict(request, conflict, job, TEMPLATE, context)
    return answer(request, run)


@console_view("GET", "POST", permission="")
def launch_preview(request: HttpRequest, job: str) -> HttpResponse:
    """What a launch with these fields would do: JSON, or the parts of the page that say it."""
    definition = _definition(job)
    require(request, definition.permission)
    if not definition.form:
        raise Http404(_("This job is launched from its own page."))
    try:
        fields = request.GET if request.method == "GET" else responses.posted(request)
    except responses.UnreadableError as error:
        return responses.invalid({"__all__": [str(error)]})
    told = preview(definition, form_of(definition, fields, asks=False, user=request.user))
    if not responses.wants_json(request):
        status = 400 if told.errors else 200
        return responses.page(request, PREVIEW, {"preview": told}, status)
    return responses.invalid(told.errors) if told.errors else JsonResponse(as_json(told))


def form_of(definition: JobDefinition, data: Any = None, **options: Any) -> LaunchForm:
    """The launch form of a job that has one."""
    return import_string(definition.form)(data, job=definition.slug, **options)


def _definition(job: str) -> JobDefinition:
    try:
        return registry.get(job)
    except UnknownJob:
        raise Http404(_("There is no job with this name.")) from None


def show_form(
    request: HttpRequest, definition: JobDefinition, form: LaunchForm, **more: Any
) -> HttpResponse:
    """The launch page of an unbound form."""
    return responses.page(request, TEMPLATE, {**_context(definition, form), **more})


def _hold_to_preview(definition: JobDefinition, form: LaunchForm) -> None:
    """Whoever saw the form is told there why a launch would do nothing. Elsewhere, where nobody
    has looked first, the run says it."""
    told = _previewed(definition, form)
    if told.impact and told.impact.refusal:
        form.add_error(None, told.impact.refusal)


def _invalid(request: HttpRequest, definition: JobDefinition, form: LaunchForm) -> HttpResponse:
    if responses.wants_json(request):
        return responses.invalid(form.errors)
    return responses.page(request, TEMPLATE, _context(definition, form), status=400)


def _context(definition: JobDefinition, form: LaunchForm) -> dict[str, Any]:
    told = _previewed(definition, form)
    return {
        "title": definition.label,
        "definition": definition,
        "form": form,
        "action": reverse(f"admin:{definition.url_name}"),
        "preview_url": reverse("admin:console_launch_preview", args=[definition.slug]),
        "preview": told,
        "conflict": told.conflict,
        "retried": _retried(form),
    }


def _previewed(definition: JobDefinition, form: LaunchForm) -> Preview:
    sent = form.data if form.is_bound else form.defaults()
    return preview(definition, form_of(definition, sent, asks=False, user=form.user))


def _retried(form: LaunchForm) -> TaskHistory | None:
    """The run that this form launches again, to say so."""
    wanted = form["retry_of"].value()
    if not isinstance(wanted, str) or "\x00" in wanted:
        return None
    return TaskHistory.objects.filter(task_id=wanted, job=form.job).first() if wanted else None
