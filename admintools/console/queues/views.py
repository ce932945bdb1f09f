"""Pausing a queue and letting it go on. Asking twice changes nothing and is no fault."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from admintools.console import audit, responses
from admintools.console.formatting import clock
from admintools.console.permissions import PAUSE_QUEUE, console_view
from admintools.jobs import pausing, queues


@console_view("POST", permission=PAUSE_QUEUE)
def pause(request: HttpRequest, queue: str) -> HttpResponse:
    """200 {"status": "paused", "changed", "queue", "paused_by", "paused_at", "reason"}."""
    try:
        reason = str(responses.posted(request).get("reason") or "")
    except responses.UnreadableError as error:
        return responses.invalid({"__all__": [str(error)]})
    try:
        with transaction.atomic():
            made = pausing.pause(queue, request.user.get_username(), reason)
            if made:
                audit.acted(request, made, _("Queue paused: %(queue)s.") % {"queue": queue})
    except pausing.UnknownQueue:
        raise Http404(_unknown()) from None
    return _paused(request, queue, changed=made is not None)


@console_view("POST", permission=PAUSE_QUEUE)
def resume(request: HttpRequest, queue: str) -> HttpResponse:
    """200 {"status": "resumed", "changed", "queue"}."""
    try:
        with transaction.atomic():
            ended = pausing.resume(queue, request.user.get_username())
            if ended:
                audit.acted(request, ended, _("Queue resumed: %(queue)s.") % {"queue": queue})
    except pausing.UnknownQueue:
        raise Http404(_unknown()) from None
    if responses.wants_json(request):
        told = {"status": "resumed", "changed": ended is not None, "queue": queue}
        return JsonResponse(told)
    if ended:
        sentence = _("The queue %(queue)s goes on: what waited is being sent.")
    else:
        sentence = _("The queue %(queue)s was not paused.")
    messages.success(request, sentence % {"queue": queue})
    return redirect("admin:console_home")


def _paused(request: HttpRequest, queue: str, *, changed: bool) -> HttpResponse:
    held = queues.pauses(fresh=True).get(queue)
    if responses.wants_json(request):
        return JsonResponse(
            {
                "status": "paused",
                "changed": changed,
                "queue": queue,
                "paused_by": held.paused_by if held else "",
                "paused_at": held.paused_at.isoformat() if held else None,
                "reason": held.reason if held else "",
            }
        )
    if changed:
        sentence = _("The queue %(queue)s is paused. What is launched there waits.")
        messages.success(request, sentence % {"queue": queue})
    elif held:
        sentence = _("%(who)s had paused the queue %(queue)s already, at %(time)s.")
        facts = {"who": held.paused_by, "queue": queue, "time": clock(held.paused_at)}
        messages.info(request, sentence % facts)
    return redirect("admin:console_home")


def _unknown() -> str:
    return _("There is no queue of this name.")
