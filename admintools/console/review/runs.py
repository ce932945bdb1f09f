"""A run of generation, put before a person: its sample and figures, and what is done with it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from admintools.console import audit, responses
from admintools.console.launch import starting
from admintools.console.permissions import ACCEPT_KEYWORDS, REVIEW_KEYWORDS, console_view
from admintools.jobs.launch import Conflict
from admintools.jobs.models import TaskHistory
from admintools.jobs.registry import registry
from admintools.jobs.texts import render
from micasillero.generation import run_states
from micasillero.generation.models import GenerationRun, RunState
from micasillero.generation.sampling import draw
from micasillero.generation.taking_back import Taken, extent, reject, revert
from micasillero.keywords.models import Keyword
from micasillero.work import WorkError

from . import figures
from .forms import RevertForm
from .wording import taken as taken_sentence

RUN = "console/review/run.html"
ACCEPT = "accept_keywords"
LONGEST_ID = 36


@console_view("GET", permission=REVIEW_KEYWORDS)
def run_page(request: HttpRequest, run_id: str) -> HttpResponse:
    run = _run_or_404(run_id)
    return responses.page(request, RUN, _context(request, run_id, run))


@console_view("POST", permission=ACCEPT_KEYWORDS)
def accept_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """Launch the acceptance: it asks the judged queries twice, which may take a minute."""
    run = _run_or_404(run_id)
    try:
        if run is None:
            raise WorkError("no_such_run", _("The words of the lexicon are approved as written."))
        run_states.expect(run, RunState.WAITING)
        started = starting.start(request, ACCEPT, {"run": run_id})
    except WorkError as error:
        return _refuse(request, run_id, error)
    except Conflict as conflict:
        context = _context(request, run_id, run)
        return starting.answer_conflict(request, conflict, ACCEPT, RUN, context)
    # Whether it is accepted the gate has yet to say.
    audit.acted(request, run, _("Acceptance launched, as run %(run)s.") % {"run": started.task_id})
    return starting.answer(request, started)


@console_view("POST", permission=REVIEW_KEYWORDS)
def reject_run(request: HttpRequest, run_id: str) -> HttpResponse:
    return _take_back(request, run_id, reject, _("Rejected."))


@console_view("POST", permission=REVIEW_KEYWORDS)
def revert_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """One press takes back the run of a model; one of the lexicon wants to be confirmed."""
    run = _run_or_404(run_id)
    if run is None and extent(run_id):
        form = RevertForm(request.POST)
        if not form.is_valid():
            if responses.wants_json(request):
                return responses.invalid(form.errors)
            context = {**_context(request, run_id, run), "confirming": form}
            return responses.page(request, RUN, context, 400)
    return _take_back(request, run_id, revert, _("Taken back."))


def _take_back(request: HttpRequest, run_id: str, act: Any, word: str) -> HttpResponse:
    run = _run_or_404(run_id)
    try:
        taken = act(run_id, request.user)
    except WorkError as error:
        return _refuse(request, run_id, error)
    sentence = f"{word} {_told(taken)}"
    target = run or TaskHistory.objects.filter(task_id=run_id).first()
    if target is not None:
        audit.acted(request, target, sentence)
    if responses.wants_json(request):
        told = {"status": "done", "removed": taken.removed, "kept": taken.kept}
        return JsonResponse({**told, "detail": sentence})
    messages.success(request, sentence)
    # Of a run of the lexicon nothing is left to show.
    return redirect("admin:console_review_run", run_id) if run else redirect("admin:console_review")


def _told(taken: Taken) -> str:
    return taken_sentence(taken) % {"removed": taken.removed, "kept": taken.kept}


def _refuse(request: HttpRequest, run_id: str, error: WorkError) -> HttpResponse:
    sentence = render(error.message, error.params)
    if responses.wants_json(request):
        return JsonResponse({"status": "conflict", "detail": sentence}, status=409)
    messages.error(request, sentence)
    return redirect("admin:console_review_run", run_id)


def _run_or_404(run_id: str) -> GenerationRun | None:
    """The run; None for one of the lexicon, of which there are only the keywords."""
    # PostgreSQL refuses a NUL in a string with an error of its own.
    if "\x00" not in run_id and len(run_id) <= LONGEST_ID:
        run = run_states.find(run_id)
        if run is not None or Keyword.objects.of_run(run_id).exists():
            return run
    raise Http404(_("There is no run with this id that has keywords."))


def _context(request: HttpRequest, run_id: str, run: GenerationRun | None) -> dict[str, Any]:
    written = Keyword.objects.of_run(run_id)
    state = run.state if run else ""
    job = TaskHistory.objects.filter(task_id=run_id).first()
    # One of the lexicon has none that was kept.
    ids = run.sample if run else draw(run_id)
    # What the lexicon says too is its own by now, and no more of this run.
    sample = written.select_related("partida", "decided_by").in_bulk(ids)
    waits = state == RunState.WAITING
    whole = None if run or not _ended(job) else extent(run_id)
    return {
        "title": _("Keywords of a run"),
        "run_id": run_id,
        "generation": run,
        "job": job,
        "figures": figures.facts(run, written),
        "dropped": figures.dropped(run),
        "quality": figures.quality(run),
        "sample": [sample[pk] for pk in ids if pk in sample],
        "accepting": _accepting(run_id) if waits else None,
        "may_accept": waits and request.user.has_perm(ACCEPT_KEYWORDS),
        "may_reject": waits,
        "may_revert": state == RunState.ACCEPTED,
        "whole": whole,
        "confirming": RevertForm() if whole else None,
    }


def _ended(job: TaskHistory | None) -> bool:
    return job is None or not job.is_active


def _accepting(run_id: str) -> TaskHistory | None:
    """The acceptance of this run that is on its way."""
    resource = registry.get(ACCEPT).resource
    active = TaskHistory.objects.active().filter(job=ACCEPT, resource=resource)
    return next((row for row in active if row.parameters.get("run") == run_id), None)
