"""The history: every run, newest first, read-only."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from admintools.console import responses
from admintools.console.permissions import console_view
from admintools.jobs.models import TaskHistory

PER_PAGE = 50


@console_view("GET")
def history(request: HttpRequest) -> HttpResponse:
    pages = Paginator(TaskHistory.objects.order_by("-id"), PER_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    context = {
        "title": _("History of runs"),
        "page": shown,
        "runs": [responses.run_object(run) for run in shown.object_list],
    }
    return responses.page(request, "console/history/list.html", context)
