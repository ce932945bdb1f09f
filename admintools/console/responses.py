"""The shapes of the console's JSON answers, and the same refusals as pages.

202 {"status": "started", "state", "queued", "task_id", "run_url"}
409 {"status": "conflict", "task_id", "detail", "run_url"}
400 {"status": "invalid", "errors": {field: [sentence]}}
401 {"status": "unauthorized", "detail"}     403 {"status": "forbidden", "detail"}
404 {"status": "not_found", "detail"}        405 {"status": "method_not_allowed", "detail"}
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from admintools.jobs.models import Status, TaskHistory
from admintools.jobs.snapshot import snapshot

from .held import explained
from .presentation import dress

HTML, JSON = "text/html", "application/json"
_STATUS_WORDS = {
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
}


def note_preference(request: HttpRequest, json_first: bool) -> None:
    """Remember what ``*/*`` means at this address."""
    request.console_json_first = json_first  # type: ignore[attr-defined]


def wants_json(request: HttpRequest) -> bool:
    json_first = getattr(request, "console_json_first", False)
    offers = [JSON, HTML] if json_first else [HTML, JSON]
    return request.get_preferred_type(offers) == JSON


def page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> TemplateResponse:
    """A page in the admin's frame."""
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), **context}, status=status
    )


def refused(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"status": _STATUS_WORDS[status], "detail": detail}, status=status)
    title = _("Not found") if status == 404 else _("Not allowed")
    return page(request, "console/refused.html", {"title": title, "detail": detail}, status)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: the reason as JSON for programs, a page for people."""
    detail = _("The form has expired or did not come from this site. Reload the page and repeat.")
    return refused(request, 403, detail)


def wrong_method(request: HttpRequest, allowed: Sequence[str]) -> HttpResponse:
    detail = _("This address answers %(methods)s only.") % {"methods": ", ".join(allowed)}
    response: HttpResponse
    if wants_json(request):
        response = JsonResponse({"status": "method_not_allowed", "detail": detail}, status=405)
    else:
        response = HttpResponse(detail, status=405, content_type="text/plain; charset=utf-8")
    response.headers["Allow"] = ", ".join(allowed)
    return response


def started(run: TaskHistory) -> JsonResponse:
    """202: the run exists. ``queued`` False means that the broker is away or the queue paused, and
    it is sent later.

    ``state`` is what was accepted. A quick worker may have begun by now: task-status tells that.
    """
    return JsonResponse(
        {
            "status": "started",
            "state": Status.PENDING,
            "queued": run.published_at is not None,
            "task_id": run.task_id,
            "run_url": run.get_absolute_url(),
        },
        status=202,
    )


def conflict(run: TaskHistory, detail: str) -> JsonResponse:
    """409: ``run`` is in the way; the caller may watch it instead."""
    return JsonResponse(
        {
            "status": "conflict",
            "task_id": run.task_id,
            "detail": detail,
            "run_url": run.get_absolute_url(),
        },
        status=409,
    )


def invalid(errors: Mapping[str, Iterable[Any]]) -> JsonResponse:
    """400: the sentences by field, ``__all__`` for those about no field."""
    told = {name: [str(sentence) for sentence in found] for name, found in errors.items()}
    return JsonResponse({"status": "invalid", "errors": told}, status=400)


def run_object(run: TaskHistory) -> dict[str, Any]:
    """The run as the status address and the sockets tell it, with the page's texts."""
    return dress(explained(snapshot(run)))


class UnreadableError(ValueError):
    """The body is not what its content type says."""


def posted(request: HttpRequest) -> QueryDict | dict[str, Any]:
    """The fields of a form post or of a JSON object. Raises UnreadableError."""
    if request.content_type != JSON:
        return request.POST
    try:
        fields = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise UnreadableError(_("The body is not valid JSON.")) from None
    if not isinstance(fields, dict):
        raise UnreadableError(_("The body must be one JSON object."))
    return fields


def run_or_404(task_id: str) -> TaskHistory:
    """The run, or Http404 with a sentence. Takes any text: it came with an address."""
    # PostgreSQL refuses a NUL in a string with an error of its own.
    run = None
    if "\x00" not in task_id:
        run = TaskHistory.objects.filter(task_id=task_id).first()
    if run is None:
        raise Http404(_("There is no run with this id."))
    return run
