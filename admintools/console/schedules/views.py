"""The schedules: when each runs next, how it went last, run it now, switch it on or off."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_celery_beat.models import PeriodicTask

from admintools.console import audit, responses
from admintools.console.launch import held, starting
from admintools.console.launch.views import form_of, show_form
from admintools.console.permissions import CHANGE_SCHEDULE, RUN_SCHEDULE, console_view, require
from admintools.jobs import beats, queues
from admintools.jobs.launch import Conflict
from admintools.jobs.models import Source, TaskHistory
from admintools.jobs.schedules import LAUNCHER

from .due import Next, next_start
from .reading import Plan, plan_of
from .wording import said

TEMPLATE = "console/schedules/page.html"


@dataclass(frozen=True)
class Row:
    """One schedule as the page shows it. ``last`` is the run object of the last run that it started
    by itself, or None: one that a person set off would hide that beat does not. ``asks``: running
    it now needs a confirmation.
    """

    task: PeriodicTask
    plan: Plan
    when: str
    next: Next
    last: dict[str, Any] | None
    may_run: bool
    asks: bool


@console_view("GET")
def page(request: HttpRequest) -> HttpResponse:
    return responses.page(request, TEMPLATE, _context(request))


@console_view("POST", permission=RUN_SCHEDULE)
def run_now(request: HttpRequest, schedule: int) -> HttpResponse:
    """As launch: 202, 409; 400 when the schedule's own arguments are broken, or when the job's form
    would ask for a confirmation that was not sent: a person is led to that form."""
    task = _schedule(schedule)
    plan = plan_of(task)
    if plan.definition is None:
        return _refuse(request, plan.fault)
    require(request, plan.definition.permission)
    job, parameters = plan.definition.slug, plan.parameters or {}
    try:
        form = held.checked(request, plan.definition, parameters)
    except responses.UnreadableError as error:
        return responses.invalid({"__all__": [str(error)]})
    if form is not None and form.errors:
        form_url = reverse("admin:console_schedule_form", args=[task.pk])
        return held.refuse(request, form, form_url)
    try:
        with transaction.atomic():
            run = starting.start(request, job, parameters)
            audit.acted(request, task, _("Run now, as run %(run)s.") % {"run": run.task_id})
    except Conflict as conflict:
        return starting.answer_conflict(request, conflict, job, TEMPLATE, _context(request))
    return starting.answer(request, run)


@console_view("GET", permission=RUN_SCHEDULE)
def run_form(request: HttpRequest, schedule: int) -> HttpResponse:
    """The form of the schedule's job, filled in with the schedule's parameters."""
    task = _schedule(schedule)
    plan = plan_of(task)
    if plan.definition is None:
        return _refuse(request, plan.fault)
    require(request, plan.definition.permission)
    if not plan.definition.form:
        raise Http404(_("This job has no launch form."))
    form = form_of(plan.definition, initial=plan.parameters, user=request.user)
    return show_form(request, plan.definition, form, schedule=task)


@console_view("POST", permission=CHANGE_SCHEDULE)
def switch(request: HttpRequest, schedule: int, enabled: bool) -> HttpResponse:
    """200 {"status": "on" | "off", "changed", "schedule"}."""
    task = _schedule(schedule)
    changed = task.enabled != enabled
    if changed:
        task.enabled = enabled
        try:
            with transaction.atomic():
                # Only these: beat itself counts the runs in the same row.
                task.save(update_fields=["enabled", "last_run_at", "date_changed"])
                audit.acted(request, task, _("Switched on.") if enabled else _("Switched off."))
        except ValidationError as error:
            return _refuse(request, " ".join(error.messages))
    if responses.wants_json(request):
        word = "on" if enabled else "off"
        return JsonResponse({"status": word, "changed": changed, "schedule": task.name})
    sentence = _("“%(name)s” is on.") if enabled else _("“%(name)s” is off.")
    messages.success(request, sentence % {"name": task.name})
    return redirect("admin:console_schedules")


def _schedule(pk: int) -> PeriodicTask:
    found = PeriodicTask.objects.filter(pk=pk, task=LAUNCHER).first()
    if found is None:
        raise Http404(_("There is no schedule with this number."))
    return found


def _refuse(request: HttpRequest, sentence: str) -> HttpResponse:
    if responses.wants_json(request):
        return responses.invalid({"__all__": [sentence]})
    context = {**_context(request), "fault": sentence}
    return responses.page(request, TEMPLATE, context, status=400)


def _context(request: HttpRequest) -> dict[str, Any]:
    tasks = PeriodicTask.objects.filter(task=LAUNCHER).order_by("name")
    tasks = list(tasks.select_related("crontab", "interval", "clocked", "solar"))
    alive = beats.alive("beat")
    return {
        "title": _("Schedules"),
        "rows": [_row(request, task, beating=bool(alive)) for task in tasks],
        "beats": alive,
        "beat_last": beats.last("beat"),
        "unserved": _unserved(tasks),
        "may_switch": request.user.has_perm(CHANGE_SCHEDULE),
    }


def _row(request: HttpRequest, task: PeriodicTask, *, beating: bool) -> Row:
    plan = plan_of(task)
    # Also one of another job: the schedule may have been edited since.
    last = TaskHistory.objects.filter(source=Source.SCHEDULE, initiated_by=task.name[:200])
    newest = last.order_by("-created_at", "-id").first()
    user, job = request.user, plan.definition
    return Row(
        task=task,
        plan=plan,
        when=said(task),
        next=next_start(task, beating=beating),
        last=responses.run_object(newest) if newest else None,
        may_run=bool(job and user.has_perm(RUN_SCHEDULE) and user.has_perm(job.permission)),
        asks=bool(job and job.form and form_of(job, user=user).confirmation is not None),
    )


def _unserved(tasks: list[PeriodicTask]) -> list[str]:
    """Queues that beat sends to and no worker reads: what is due there is not even launched."""
    sent_to = dict.fromkeys(task.queue or "celery" for task in tasks if task.enabled)
    return [queue for queue in sent_to if not queues.is_served(queue)]
