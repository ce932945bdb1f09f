"""`POST /api/events/`: events by the batch, from the couriers' own programs (docs/events.md)."""

import logging
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from admintools.tasks.events import send
from micasillero.events.intake import Accepted, accept
from micasillero.events.schema import EVENT

from . import limits
from .models import ApiClient
from .responses import Refusal

logger = logging.getLogger(__name__)

MOST_EVENTS = 500
MOST_BYTES = 1024 * 1024
# Whoever finds the database away may come again after so long.
AWAY_SECONDS = 5


@csrf_exempt
def events_page(request: HttpRequest) -> HttpResponse:
    """201 ``{status, accepted, duplicates, rejected}``; 400 the same with ``code`` and
    ``message``; 401, 405, 413, 429, 503 ``{code, message}``."""
    try:
        return _answer(request)
    except Refusal as refusal:
        return refusal.response()
    except (OperationalError, InterfaceError):
        logger.exception("events cannot be stored")
        told = _("Nothing was stored. Send the same again in %(seconds)s s.")
        message = told % {"seconds": AWAY_SECONDS}
        return Refusal(503, "unavailable", message, retry_after=AWAY_SECONDS).response()


@csrf_exempt
def schema_page(request: HttpRequest) -> HttpResponse:
    """The JSON schema of one event."""
    if request.method not in ("GET", "HEAD"):
        return _only("GET, HEAD").response()
    return JsonResponse(EVENT.json_schema())


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        raise _only("POST")
    # Before the token: nobody may try out tokens without end.
    _wait(limits.seconds_until_events_from(request.META.get("REMOTE_ADDR", "")))
    client = _client(request)
    _wait(limits.seconds_until_events_of(client))
    result = accept(client, _told(request))
    if result.batch is not None:
        send(result.batch)
    return _response(result)


def _only(methods: str) -> Refusal:
    told = _("This address answers %(methods)s only.") % {"methods": methods}
    return Refusal(405, "method_not_allowed", told, allow=methods)


def _wait(seconds: int) -> None:
    if seconds:
        told = _("Too many requests. Send again in %(seconds)s s.") % {"seconds": seconds}
        raise Refusal(429, "too_many_requests", told, retry_after=seconds)


def _client(request: HttpRequest) -> str:
    """The name of the client whose token the request bears. Raises Refusal(401)."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        name = ApiClient.objects.with_token(token.strip()).values_list("name", flat=True).first()
        if name:
            return name
    told = _("Show the token of your program: Authorization: Bearer TOKEN.")
    raise Refusal(401, "unauthorized", told)


def _told(request: HttpRequest) -> list[Any]:
    """What the body holds, as a list. Raises Refusal(400 or 413)."""
    try:
        told = orjson.loads(_body(request))
    except orjson.JSONDecodeError:
        raise Refusal(400, "bad_json", _("The body is not JSON in UTF-8.")) from None
    batch = told if isinstance(told, list) else [told]
    if len(batch) > MOST_EVENTS:
        sentence = _("More than %(most)s events. Send them in several requests.")
        raise Refusal(413, "too_many", sentence % {"most": MOST_EVENTS})
    if not batch:
        raise Refusal(400, "no_events", _("There is no event in the list."))
    return batch


def _body(request: HttpRequest) -> bytes:
    try:
        body = request.body
    except UnreadablePostError:
        raise Refusal(400, "bad_json", _("The request broke off. Send it again.")) from None
    except RequestDataTooBig:
        body = None
    if body is None or len(body) > MOST_BYTES:
        sentence = _("The body has more than %(most)s bytes. Send smaller batches.")
        raise Refusal(413, "too_large", sentence % {"most": MOST_BYTES})
    return body


def _response(result: Accepted) -> HttpResponse:
    rejected = [{"index": index, "error": error} for index, error in result.rejected]
    counts = {"accepted": result.accepted, "duplicates": result.duplicates, "rejected": rejected}
    if not result.accepted and not result.duplicates:
        message = _("No event of it is valid. Look at rejected.")
        told = {"code": "no_valid_event", "message": message, "status": "rejected", **counts}
        return JsonResponse(told, status=400)
    return JsonResponse({"status": "accepted", **counts}, status=201)
