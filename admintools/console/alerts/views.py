"""The alerts: the worst first, live, and what people do with them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from admintools.console import responses
from admintools.console.permissions import HANDLE_ALERTS, VIEW_RULE, console_view
from admintools.watch import alert_channel
from micasillero.compliance.handling import Action, Handled, handle
from micasillero.compliance.models import Alert

from . import counts, wording
from .forms import FilterForm, HandleForm, Place
from .rows import Row, actions_for

TEMPLATE = "console/alerts/page.html"
PER_PAGE = 50
MOST_NAMED = 5


@console_view("GET")
def alerts(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    if not form.is_valid():
        return responses.page(request, TEMPLATE, _context(request, form), 400)
    wanted = form.found().select_related("rule", "acknowledged_by", "closed_by")
    found = list(wanted[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    may_handle = request.user.has_perm(HANDLE_ALERTS)
    context = {
        **_context(request, form),
        "listed": True,
        "rows": [Row(alert) for alert in shown],
        "next": Place.of(shown[-1]) if len(found) > PER_PAGE else None,
        "may_handle": may_handle,
        "actions": actions_for(form.state_shown) if may_handle else [],
    }
    return responses.page(request, TEMPLATE, context)


@console_view("POST", permission=HANDLE_ALERTS)
def handle_alerts(request: HttpRequest) -> HttpResponse:
    """200 {"status": "handled", "sentence", "done", "refused", "open"}; 409 with "detail" when
    somebody else was first with every one."""
    try:
        posted = responses.posted(request)
    except responses.UnreadableError as error:
        return responses.invalid({"__all__": [str(error)]})
    form = HandleForm(posted)
    if not form.is_valid():
        return _invalid(request, form)
    told = form.cleaned_data
    handled = handle(told["ids"], Action(told["action"]), request.user, told["note"])
    if handled.done:
        alert_channel.tell_handled()
    if responses.wants_json(request):
        return _as_json(handled)
    if handled.done:
        messages.success(request, wording.done(handled.done))
    for alert in handled.refused[:MOST_NAMED]:
        messages.warning(request, f"{alert}: {wording.refused(alert)}")
    if not handled.done and not handled.refused:
        messages.error(request, wording.gone())
    return redirect(_list_address(posted))


def _context(request: HttpRequest, form: FilterForm) -> dict[str, Any]:
    levels = counts.levels()
    return {
        "title": _("Alerts"),
        "form": form,
        "levels": levels,
        "open": sum(level.open for level in levels),
        "may_see_rules": request.user.has_perm(VIEW_RULE),
    }


def _as_json(handled: Handled) -> JsonResponse:
    told: dict[str, Any] = {
        "done": [_told(alert) for alert in handled.done],
        "refused": [
            {**_told(alert), "sentence": wording.refused(alert)} for alert in handled.refused
        ],
        "open": Alert.objects.open().count(),
    }
    if handled.done:
        sentence = wording.done(handled.done)
        return JsonResponse({"status": "handled", "sentence": sentence, **told})
    detail = wording.refused(handled.refused[0]) if handled.refused else wording.gone()
    return JsonResponse({"status": "conflict", "detail": detail, **told}, status=409)


def _told(alert: Alert) -> dict[str, Any]:
    state, label = alert.state, alert.get_state_display()
    return {"id": alert.pk, "alert": str(alert), "state": state, "label": label}


def _invalid(request: HttpRequest, form: HandleForm) -> HttpResponse:
    if responses.wants_json(request):
        return responses.invalid(form.errors)
    messages.error(request, " ".join(str(e) for errors in form.errors.values() for e in errors))
    return redirect(_list_address(form.data))


def _list_address(posted: Any) -> str:
    """The list with the filters that the page had."""
    form = FilterForm(posted)
    address = reverse("admin:console_alerts")
    filters = form.address if form.is_valid() else ""
    return f"{address}?{filters}" if filters else address
