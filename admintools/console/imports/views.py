"""A tariff file: uploaded, looked at, applied as a job, and taken back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from admintools.console import audit, responses
from admintools.console.launch.starting import answer, answer_conflict, start
from admintools.console.permissions import console_view, require
from admintools.jobs.launch import Conflict
from admintools.jobs.models import TaskHistory
from admintools.jobs.registry import registry
from admintools.jobs.texts import render
from micasillero.catalog import staging
from micasillero.catalog.models import ImportBatch
from micasillero.catalog.undo import latest_undoable
from micasillero.work import WorkError

from .differences import figures, from_changes, from_preview
from .forms import UploadForm

MAY_IMPORT = "admintools.launch_import_catalog"
MAY_UNDO = "admintools.launch_undo_import"
UPLOAD, PREVIEW = "console/imports/upload.html", "console/imports/preview.html"
RECENT, SAMPLE = 10, 200
GREATEST_ID = 2**63 - 1


@console_view("GET", "POST", permission=MAY_IMPORT)
def upload(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _upload_page(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            return _staged(request, form.cleaned_data)
        except WorkError as error:
            form.add_error("file", render(error.message, error.params))
    if responses.wants_json(request):
        return responses.invalid(form.errors)
    return _upload_page(request, form, status=400)


@console_view("GET", permission="")
def preview(request: HttpRequest, batch: int) -> HttpResponse:
    # Who may undo an import may also look at it.
    if not request.user.has_perm(MAY_UNDO):
        require(request, MAY_IMPORT)
    found = _batch_or_404(batch)
    return responses.page(request, PREVIEW, _preview_context(request, found))


@console_view("POST", permission=MAY_IMPORT)
def apply(request: HttpRequest, batch: int) -> HttpResponse:
    found = _batch_or_404(batch)
    if found.status != ImportBatch.Status.PREVIEWED:
        return _refuse(request, found, _("This import was applied already."))
    return _launch(request, found, "import_catalog")


@console_view("POST", permission=MAY_UNDO)
def undo(request: HttpRequest, batch: int) -> HttpResponse:
    found = _batch_or_404(batch)
    latest = latest_undoable()
    if latest is None or latest.pk != found.pk:
        return _refuse(request, found, _("Only the latest applied import can be undone."))
    return _launch(request, found, "undo_import")


def _staged(request: HttpRequest, fields: dict[str, Any]) -> HttpResponse:
    uploaded = fields["file"]
    batch = staging.stage(
        uploaded.chunks(),
        uploaded.name,
        user=request.user,
        note=fields["note"],
        valid_from=fields["valid_from"],
    )
    audit.launched(request, batch, _("Uploaded: %(file)s.") % {"file": batch.file_name})
    if responses.wants_json(request):
        told = {"status": "staged", "batch": batch.pk, "preview_url": _address(batch)}
        return JsonResponse(told, status=201)
    return redirect("admin:console_import_preview", batch.pk)


def _launch(request: HttpRequest, batch: ImportBatch, job: str) -> HttpResponse:
    try:
        run = start(request, job, {"batch": batch.pk})
    except Conflict as conflict:
        context = _preview_context(request, batch)
        return answer_conflict(request, conflict, job, PREVIEW, context)
    sentence = _("Launched: %(job)s.") % {"job": run.label}
    audit.acted(request, batch, sentence)
    return answer(request, run)


def _refuse(request: HttpRequest, batch: ImportBatch, sentence: str) -> HttpResponse:
    if responses.wants_json(request):
        return responses.invalid({"batch": [sentence]})
    messages.error(request, sentence)
    return redirect("admin:console_import_preview", batch.pk)


def _batch_or_404(number: int) -> ImportBatch:
    batch = None
    if number <= GREATEST_ID:
        batch = ImportBatch.objects.select_related("created_by").filter(pk=number).first()
    if batch is None:
        raise Http404(_("There is no import with this number."))
    return batch


def _address(batch: ImportBatch) -> str:
    return reverse("admin:console_import_preview", args=[batch.pk])


def _upload_page(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    context = {
        "title": _("Import a tariff file"),
        "form": form,
        "batches": ImportBatch.objects.select_related("created_by")[:RECENT],
    }
    return responses.page(request, UPLOAD, context, status)


def _preview_context(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    latest = latest_undoable()
    waiting = batch.status == ImportBatch.Status.PREVIEWED
    context = {
        "title": _("Import #%(number)s") % {"number": batch.pk},
        "batch": batch,
        "waiting": waiting,
        "conflict": _active_run(),
        "may_apply": waiting and request.user.has_perm(MAY_IMPORT),
        "may_undo": latest is not None
        and latest.pk == batch.pk
        and request.user.has_perm(MAY_UNDO),
    }
    return {**context, **(_before_applying(batch) if waiting else _after_applying(batch))}


def _active_run() -> TaskHistory | None:
    resource = registry.get("import_catalog").resource
    return TaskHistory.objects.active().filter(resource=resource).first()


def _before_applying(batch: ImportBatch) -> dict[str, Any]:
    try:
        told = staging.preview(batch)
    except WorkError as error:
        return {"fault": render(error.message, error.params)}
    return {
        "figures": figures(told),
        "changes": told["created"] + told["updated"] + told["removed"],
        "removes_much": _much(told),
        "differences": from_preview(told["sample"]),
        "skipped": told["skipped_rows"],
        "skipped_count": told["skipped"],
    }


def _much(told: dict[str, Any]) -> int:
    """How many lines would go, if that is more than a tenth: was the file cut off?"""
    stored = told["updated"] + told["unchanged"] + told["removed"]
    return told["removed"] if told["removed"] * 10 > stored else 0


def _after_applying(batch: ImportBatch) -> dict[str, Any]:
    skipped = batch.summary.get("skipped_rows", [])
    return {
        "figures": figures(batch.summary),
        "changes": batch.changes.count(),
        "differences": from_changes(batch.changes.all()[:SAMPLE]),
        "skipped": skipped[:SAMPLE],
        "skipped_count": batch.summary.get("skipped", len(skipped)),
    }
