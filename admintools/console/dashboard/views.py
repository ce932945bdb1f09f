"""The dashboard of one day: what people searched, what they did not find, how the jobs went."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from admintools.console import responses
from admintools.console.permissions import console_view, may_add_words
from admintools.console.quality.asked import MAY_JUDGE
from admintools.watch.kept import Kept

from .counted import day_figures
from .forms import DayForm
from .hours import hours
from .shown import alerts, facts, missed, run_states

TEMPLATE = "console/dashboard/page.html"


@console_view("GET")
def dashboard(request: HttpRequest) -> HttpResponse:
    form = DayForm(request.GET)
    if not form.is_valid():
        return _page(request, form, status=400)
    day = form.cleaned_data["day"]
    return _page(request, DayForm({"day": day}), _of(request, day, day_figures(day)))


@console_view("POST")
def count_anew(request: HttpRequest) -> HttpResponse:
    """202 {"status": "counting"} or 200 {"status": "counted", "counted_at"}; the newest figures,
    were they asked for by a hundred people at once."""
    try:
        form = DayForm(responses.posted(request))
    except responses.UnreadableError as error:
        return responses.invalid({"__all__": [str(error)]})
    if not form.is_valid():
        if responses.wants_json(request):
            return responses.invalid(form.errors)
        return _page(request, form, status=400)
    day = form.cleaned_data["day"]
    found = day_figures(day, anew=True)
    if responses.wants_json(request):
        return _told(found)
    return redirect(_address(day))


def _told(found: Kept | None) -> JsonResponse:
    if found is None:
        return JsonResponse({"status": "counting"}, status=202)
    return JsonResponse({"status": "counted", "counted_at": found.counted_at.isoformat()})


def _page(
    request: HttpRequest, form: DayForm, more: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    context = {"title": _("Dashboard of the day"), "form": form, **(more or {})}
    return responses.page(request, TEMPLATE, context, status)


def _of(request: HttpRequest, day: date, found: Kept | None) -> dict[str, Any]:
    today = day == timezone.localdate()
    context: dict[str, Any] = {
        "day": day,
        "before": _address(day - timedelta(days=1)),
        "after": "" if today else _address(day + timedelta(days=1)),
        "counting": found is None,
    }
    if found is None:
        return context
    events = found.figures["events"]
    return context | {
        "counted_at": found.counted_at,
        "age": int((timezone.now() - found.counted_at).total_seconds()),
        "least_people": settings.DASHBOARD_LEAST_PEOPLE,
        "events": sum(events["types"].values()),
        "facts": facts(events),
        "hours": hours(events["hours"]),
        "top": events["top"],
        "missed": missed(events["without_result"]),
        "alerts": alerts(found.figures["alerts"]),
        "runs": run_states(found.figures["runs"], day, today=today),
        "may_add_words": may_add_words(request.user),
        "may_judge": request.user.has_perm(MAY_JUDGE),
    }


def _address(day: date) -> str:
    return f"{reverse('admin:console_dashboard')}?{urlencode({'day': day})}"
