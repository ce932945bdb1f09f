"""Which request a line of the log belongs to, told to the client too (X-Request-ID)."""

import re
import time
import uuid

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

HEADER = "X-Request-ID"
META = "HTTP_X_REQUEST_ID"
# What proxies and clients make: UUIDs and the like. Anything else might forge a line, or fill it.
FIT = re.compile(r"[A-Za-z0-9_-]{8,64}")


class RequestLog(RequestMiddleware):
    """The first of all: every answer has an id, and nothing has read the headers yet.

    Each request has one line ("request_finished", or "request_failed" with the traceback), with
    the client's address and the path: what was asked for behind the "?" is nobody's business.
    """

    def prepare(self, request: HttpRequest) -> None:
        given = request.META.get(META, "")
        request.META[META] = given if FIT.fullmatch(given) else uuid.uuid4().hex
        request.META.pop("HTTP_X_CORRELATION_ID", None)
        structlog.contextvars.bind_contextvars(client=request.META.get("REMOTE_ADDR", ""))
        request._log_began = time.perf_counter()  # type: ignore[attr-defined]
        super().prepare(request)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        response[HEADER] = request.META[META]
        took = 1000 * (time.perf_counter() - request._log_began)  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(milliseconds=round(took, 1))
        super().handle_response(request, response)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"
