"""Manifests: handed in, searched as a job, reviewed line by line, exported."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console import audit, responses
from admintools.console.launch.starting import start
from admintools.console.permissions import CLASSIFY_GOODS, VIEW_CONSOLE, console_view, require
from admintools.console.runs.download import file
from admintools.jobs.models import TaskHistory
from micasillero.classification.confirming import confirm_lines, first_hits, withdraw_lines
from micasillero.classification.models import Manifest, ManifestLine
from micasillero.classification.searching import store

from .export import lines_of_csv
from .manifest_forms import ManifestForm
from .review import choices, page_of, reviewed

JOB = "classify_manifest"
MAY_LAUNCH = "admintools.launch_classify_manifest"
NEW, REVIEW = "console/classify/manifests.html", "console/classify/manifest.html"
RECENT = 20
GREATEST_ID = 2**63 - 1


@console_view("GET", "POST", permission=CLASSIFY_GOODS)
def manifests(request: HttpRequest) -> HttpResponse:
    """The manifests there are, and the form of a new one."""
    if request.method == "GET":
        return _new_page(request, ManifestForm())
    require(request, MAY_LAUNCH)
    form = ManifestForm(request.POST, request.FILES)
    if form.is_valid():
        return _launched(request, form)
    if responses.wants_json(request):
        return responses.invalid(form.errors)
    return _new_page(request, form, status=400)


@console_view("GET", permission=CLASSIFY_GOODS)
def manifest(request: HttpRequest, number: int) -> HttpResponse:
    return _review_page(request, _manifest_or_404(number))


@console_view("POST", permission=CLASSIFY_GOODS)
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    """Keep what is chosen on one page of the review, and let go what is chosen no longer."""
    found = _manifest_or_404(number)
    lines = list(page_of(found, request.POST.get("page", "")))
    made = choices(lines, request.POST)
    if made.chosen:
        confirm_lines(request.user, found, made.chosen)
        _tell_confirmed(request, found, len(made.chosen))
    if made.withdrawn:
        _withdraw(request, found, made.withdrawn)
    if made.errors:
        return _review_page(request, found, errors=made.errors, status=400)
    page = request.POST.get("page", "")
    return redirect(f"{_address(found)}?page={page}" if page.isdecimal() else _address(found))


@console_view("POST", permission=CLASSIFY_GOODS)
def accept(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm the first hit of every line that matches exactly and may be carried freely."""
    found = _manifest_or_404(number)
    chosen = first_hits(found.lines.plain())
    confirm_lines(request.user, found, chosen)
    _tell_confirmed(request, found, len(chosen))
    return redirect(_address(found))


@console_view("POST", permission=CLASSIFY_GOODS)
def export(request: HttpRequest, number: int) -> HttpResponseBase:
    found = _manifest_or_404(number)
    audit.acted(request, found, _("Exported."))
    return file(request, lines_of_csv(found), f"{_('manifest')}-{found.pk}.csv", "text/csv")


def _launched(request: HttpRequest, form: ManifestForm) -> HttpResponse:
    with transaction.atomic():
        made = store(
            form.goods,
            name=form.title,
            currency=form.cleaned_data["currency"],
            user=request.user,
        )
        run = start(request, JOB, {"manifest": made.pk})
        Manifest.objects.filter(pk=made.pk).update(run_id=run.task_id)
    if responses.wants_json(request):
        told = {"status": "started", "manifest": made.pk, "task_id": run.task_id}
        return JsonResponse({**told, "manifest_url": _address(made)}, status=202)
    return redirect(_address(made))


def _tell_confirmed(request: HttpRequest, found: Manifest, count: int) -> None:
    sentence = ngettext("%(n)s line confirmed.", "%(n)s lines confirmed.", count) % {"n": count}
    audit.acted(request, found, sentence)
    messages.success(request, sentence)


def _withdraw(request: HttpRequest, found: Manifest, lines: list[ManifestLine]) -> None:
    """The log keeps which line had which code: nothing else does afterwards."""
    sentence = ngettext(
        "%(n)s confirmation withdrawn.", "%(n)s confirmations withdrawn.", len(lines)
    ) % {"n": len(lines)}
    which = ", ".join(f"{line.position} ({line.code})" for line in lines)
    with transaction.atomic():
        withdraw_lines(lines)
        audit.acted(request, found, f"{sentence} {which}")
    messages.success(request, sentence)


def _manifest_or_404(number: int) -> Manifest:
    found = Manifest.objects.filter(pk=number).first() if number <= GREATEST_ID else None
    if found is None:
        raise Http404(_("There is no manifest with this number."))
    return found


def _address(found: Manifest) -> str:
    return reverse("admin:console_manifest", args=[found.pk])


def _new_page(request: HttpRequest, form: ManifestForm, status: int = 200) -> HttpResponse:
    counted = Manifest.objects.select_related("created_by").annotate(
        all_lines=Count("lines"),
        confirmed=Count("lines", filter=Q(lines__state="confirmed")),
    )
    context = {
        "title": _("Classify a manifest"),
        "form": form,
        "may_launch": request.user.has_perm(MAY_LAUNCH),
        "manifests": counted[:RECENT],
    }
    return responses.page(request, NEW, context, status)


def _review_page(
    request: HttpRequest, found: Manifest, *, errors: Any = None, status: int = 200
) -> HttpResponse:
    sent = request.POST if errors else None
    page = page_of(found, (sent or request.GET).get("page", ""))
    run = TaskHistory.objects.filter(task_id=found.run_id).first() if found.run_id else None
    states = dict(found.lines.order_by().values_list("state").annotate(n=Count("pk")))
    context = {
        "title": _("Manifest %(name)s") % {"name": found},
        "manifest": found,
        "page": page,
        "goods": reviewed(list(page), sent, errors),
        "run": responses.run_object(run) if run else None,
        "live": run is not None and run.is_active and request.user.has_perm(VIEW_CONSOLE),
        "states": states,
        "plain": len(first_hits(found.lines.plain())),
    }
    return responses.page(request, REVIEW, context, status)
