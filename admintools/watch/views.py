"""`/metrics`: for Prometheus, which shows a token and has no session."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import metrics


@never_cache
@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """200 with the figures, 401 for a wrong token or none, 404 where METRICS_TOKEN is unset."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _shows_token(request.headers.get("Authorization", "")):
        refusal = HttpResponse("A valid token is needed.\n", status=401, content_type="text/plain")
        refusal["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return refusal
    text, content_type = metrics.exposition(request.headers.get("Accept", ""))
    return HttpResponse(text, content_type=content_type)


def _shows_token(authorization: str) -> bool:
    scheme, _space, shown = authorization.partition(" ")
    # Of constant time, so that how long a refusal takes tells nothing about the token.
    same = hmac.compare_digest(shown.strip().encode(), settings.METRICS_TOKEN.encode())
    return same and scheme.lower() == "bearer"
