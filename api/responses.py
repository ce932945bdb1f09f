"""What the API says when it does not answer, and to which pages of other sites it answers."""

from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers

EXPOSED = "ETag, Retry-After"


@dataclass
class Refusal(Exception):  # noqa: N818 - an answer, not a fault of ours
    """Says why there is no answer: ``code`` for programs, ``message`` for people, translated.
    ``retry_after`` in seconds, where asking again may help."""

    status: int
    code: str
    message: str
    retry_after: int = 0
    allow: str = ""

    def response(self) -> JsonResponse:
        told = {"code": self.code, "message": self.message}
        response = JsonResponse(told, status=self.status)
        response["Cache-Control"] = "no-store"
        if self.retry_after:
            response["Retry-After"] = str(self.retry_after)
        if self.status == HTTPStatus.UNAUTHORIZED:
            response["WWW-Authenticate"] = 'Bearer realm="api"'
        if self.allow:
            response["Allow"] = self.allow
        return response


def shared_with_origin(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response, readable by a page of another site where API_ALLOWED_ORIGINS names that."""
    allowed = settings.API_ALLOWED_ORIGINS
    if not allowed:
        return response
    patch_vary_headers(response, ["Origin"])
    origin = request.headers.get("Origin", "")
    if "*" in allowed or origin in allowed:
        response["Access-Control-Allow-Origin"] = "*" if "*" in allowed else origin
        response["Access-Control-Expose-Headers"] = EXPOSED
    return response
