"""Every message that went out or is to: with its attempts, the answer and the next try."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from admintools.console import responses
from admintools.console.permissions import console_view
from admintools.jobs import beats, queues
from admintools.notify.messages import message_of
from admintools.notify.models import State
from admintools.notify.source import QUEUE

from . import reach
from .wording import sent

LIST, PAGE = "console/notifications/deliveries.html", "console/notifications/delivery.html"
PER_PAGE = 50


class FilterForm(forms.Form):
    """A plain GET form. ``before`` is the delivery above which the page begins."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("Any")), *State.choices],
    )
    before = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )


@console_view("GET")
def deliveries(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    valid = form.is_valid()
    context: dict[str, Any] = {"title": _("Deliveries"), "form": form, "valid": valid}
    if valid:
        context |= _found(request, form.cleaned_data)
    return responses.page(request, LIST, context, 200 if valid else 400)


@console_view("GET")
def delivery(request: HttpRequest, delivery: int) -> HttpResponse:
    found = reach.deliveries(request.user).filter(pk=delivery).first()
    if found is None:
        raise Http404(_("There is no such delivery, or it is not yours."))
    (row,) = sent([found])
    context = {
        "title": _("Delivery"),
        "row": row,
        "message": message_of(found, get_language() or ""),
        "unserved": not found.is_over and QUEUE not in queues.listening(),
        "alone": not found.is_over and not beats.alive("notify"),
        "queue": QUEUE,
    }
    return responses.page(request, PAGE, context)


def _found(request: HttpRequest, told: dict[str, Any]) -> dict[str, Any]:
    rows = reach.deliveries(request.user)
    if told["state"]:
        rows = rows.filter(state=told["state"])
    if told["before"]:
        rows = rows.filter(pk__lt=told["before"])
    shown = list(rows[: PER_PAGE + 1])
    older = shown[PER_PAGE - 1].pk if len(shown) > PER_PAGE else None
    return {"rows": sent(shown[:PER_PAGE]), "older": older, "state": told["state"]}
