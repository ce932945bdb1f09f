"""How the jobs went hour by hour: how many, how long, how long they waited, what piled up."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from admintools.console import responses
from admintools.console.permissions import console_view
from admintools.jobs.registry import registry
from admintools.watch.models import JobHour, QueueHour

from . import figures, tallies
from .forms import PERIOD_NAMES, StatisticsForm
from .periods import PERIODS
from .tallies import Tally

TEMPLATE = "console/statistics/page.html"


@console_view("GET")
def page(request: HttpRequest) -> HttpResponse:
    form = StatisticsForm(request.GET)
    period, job = form.chosen()
    collecting = registry.get("collect_statistics")
    newest = QueueHour.objects.order_by("-hour").first()
    context = {
        "title": _("Statistics"),
        "form": form,
        "period": period,
        "period_name": PERIOD_NAMES[period],
        "job": registry.find(job),
        "newest": newest,
        "collecting": collecting,
        "may_collect": request.user.has_perm(collecting.permission),
    }
    if newest is not None:
        context |= _figures(period, job)
    return responses.page(request, TEMPLATE, context)


def _figures(period: str, job: str) -> dict[str, Any]:
    shown = PERIODS[period]
    starts = shown.starts(timezone.now())
    hours = list(JobHour.objects.since(starts[0]).filter(**({"job": job} if job else {})))
    columns, whole = tallies.by_column(hours, starts), Tally(hours)
    told: dict[str, Any] = {
        "whole": whole,
        "ends": figures.ends(starts, shown.hours),
        "runs": figures.runs_picture(columns),
    }
    if job:
        return told | {
            "rows": figures.column_rows(starts, columns, shown.hours),
            "duration": figures.level_picture(columns, whole, "duration"),
            "wait": figures.level_picture(columns, whole, "wait"),
        }
    return told | {
        "rows": figures.job_rows(tallies.by_job(hours)),
        "queues": figures.queue_pictures(QueueHour.objects.since(starts[0]), starts),
    }
