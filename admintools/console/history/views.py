"""The history: every run, newest first, read-only."""

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from admintools.console import audit, responses
from admintools.console.listed import listed
from admintools.console.permissions import EXPORT_RUNS, console_view
from admintools.jobs.models import TaskHistory

from .export import MOST_ROWS, Export
from .forms import HistoryForm
from .keyset import Page, page

PER_PAGE = 50


@console_view("GET")
def history(request: HttpRequest) -> HttpResponse:
    form = HistoryForm(request.GET)
    if not form.is_valid():
        return _history_page(request, form, status=400)
    found = form.found()
    before, after = form.cleaned_data["before"], form.cleaned_data["after"]
    shown = page(found.parts, PER_PAGE, before=before, after=after)
    return _history_page(request, form, shown, complete=found.complete)


@console_view("POST", permission=EXPORT_RUNS)
def export(request: HttpRequest) -> HttpResponseBase:
    form = HistoryForm(request.POST)
    if not form.is_valid():
        return _history_page(request, form, status=400)
    pieces = Export(form.found().parts)
    filters = ", ".join(f"{name}={value}" for name, value in form.asked.items()) or _("none")
    audit.exported(request, TaskHistory, _("Exported the history. Filters: %s.") % filters)
    # Each kind of server collects the whole of the other kind's iterator before it sends a byte.
    streamed = aiter(pieces) if isinstance(request, ASGIRequest) else iter(pieces)
    response = StreamingHttpResponse(streamed, content_type="text/csv; charset=utf-8")
    name = f"{_('runs')}-{timezone.localtime():%Y-%m-%d-%H%M}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _history_page(
    request: HttpRequest,
    form: HistoryForm,
    shown: Page | None = None,
    *,
    complete: bool = True,
    status: int = 200,
) -> HttpResponse:
    """The page with these runs; without any where the form is not valid."""
    active = shown is not None and any(run.is_active for run in shown.runs)
    context = {
        "title": _("History of runs"),
        "form": form,
        "page": shown,
        "runs": [listed(run) for run in shown.runs] if shown else [],
        "complete": complete,
        "live": active,
        "may_export": bool(shown and shown.runs) and request.user.has_perm(EXPORT_RUNS),
        "most_rows": MOST_ROWS,
    }
    return responses.page(request, "console/history/list.html", context, status)
