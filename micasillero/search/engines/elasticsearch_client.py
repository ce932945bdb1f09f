"""The connection to Elasticsearch, and its faults in the words of this product."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import elasticsearch
from django.conf import settings
from django.utils.translation import gettext_noop as _
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch
from elasticsearch.serializer import OrjsonSerializer

from micasillero import retry_after
from micasillero.work import TryAgain, WorkError

log = logging.getLogger(__name__)

PASSING = frozenset({408, 429, 502, 503, 504})
CONNECTIONS = 10
AWAY = _("Elasticsearch does not answer. Start it or check ELASTICSEARCH_URL, then retry.")
BUSY = _("Elasticsearch is busy and refuses more work. Wait a while, then retry.")
TOO_LARGE = "body_too_large"


class _CompatibleJson(OrjsonSerializer):
    mimetype = "application/vnd.elasticsearch+json"


def connect() -> Elasticsearch:
    """A client by the settings. It retries nothing itself: who calls knows what may be repeated."""
    credentials: dict[str, Any] = {}
    if settings.ELASTICSEARCH_API_KEY:
        credentials["api_key"] = settings.ELASTICSEARCH_API_KEY
    elif settings.ELASTICSEARCH_USER:
        credentials["basic_auth"] = (settings.ELASTICSEARCH_USER, settings.ELASTICSEARCH_PASSWORD)
    if settings.ELASTICSEARCH_CA_CERTS:
        credentials["ca_certs"] = settings.ELASTICSEARCH_CA_CERTS
    return Elasticsearch(
        settings.ELASTICSEARCH_URL,
        request_timeout=settings.ELASTICSEARCH_TIMEOUT,
        max_retries=0,
        retry_on_timeout=False,
        connections_per_node=CONNECTIONS,
        # Compressing costs five times what a local link saves.
        http_compress=False,
        serializers={
            OrjsonSerializer.mimetype: OrjsonSerializer(),
            _CompatibleJson.mimetype: _CompatibleJson(),
        },
        **credentials,
    )


@contextmanager
def faults() -> Iterator[None]:
    """Raise TryAgain for what may pass and WorkError for what will not."""
    try:
        yield
    except ApiError as error:
        raise _answered(error) from error
    except elasticsearch.UnsupportedProductError as error:
        raise WorkError(
            "not_elasticsearch",
            _("ELASTICSEARCH_URL does not lead to an Elasticsearch. Check the address."),
        ) from error
    except TransportError as error:
        log.warning("Elasticsearch: %s", error)
        raise TryAgain(AWAY) from error


def _answered(error: ApiError) -> Exception:
    reason = reason_of(error)
    if block := blocked(error.status_code, reason):
        return block
    if error.status_code in PASSING:
        log.warning("Elasticsearch answered %s: %s", error.status_code, reason)
        return TryAgain(BUSY, after=retry_after.seconds(error.meta.headers.get("retry-after")))
    if error.status_code == 413:
        return WorkError(
            TOO_LARGE,
            _(
                "Elasticsearch, or a proxy before it, finds even small requests too large. "
                "Raise http.max_content_length, or the limit of the proxy."
            ),
        )
    if error.status_code == 401 or "security_exception" in reason:
        return WorkError(
            "engine_refused",
            _(
                "Elasticsearch refused our credentials. Check ELASTICSEARCH_API_KEY, or "
                "ELASTICSEARCH_USER and ELASTICSEARCH_PASSWORD, and what they allow."
            ),
        )
    if error.status_code == 404 and "index_not_found" in reason:
        return index_gone()
    return WorkError(
        "engine_error", _("Elasticsearch refused the request: %(reason)s"), reason=reason
    )


def index_gone() -> WorkError:
    """The fault of writing to or reading an index, or an alias, that is not there."""
    return WorkError(
        "index_gone",
        _("The index is gone: another run removed it. Rebuild the index."),
    )


def no_place() -> TryAgain:
    """The fault of an index that was made and that no node took."""
    return TryAgain(
        _(
            "Elasticsearch found no place for the new index: its disks are too full, or it is "
            "only starting. Free space there, then retry."
        )
    )


def blocked(status: int, reason: str) -> WorkError | None:
    """The fault behind a block that only a person lifts; None for any other answer.

    While the node starts it blocks too, with a 503: that one passes by itself.
    """
    if not reason.startswith("cluster_block_exception"):
        return None
    if status == 429:
        return WorkError(
            "disk_full",
            _(
                "The disk of Elasticsearch is too full: it takes no more writes. Free space "
                "there; it then lifts the block by itself. Searches go on."
            ),
        )
    if status == 403:
        return WorkError(
            "blocked",
            _("Elasticsearch was told to refuse this. Lift the block, then retry: %(reason)s"),
            reason=reason,
        )
    return None


def reason_of(error: ApiError) -> str:
    """``type: reason`` of an answer, short enough for a log line."""
    if error.body is None:
        return f"HTTP {error.status_code}"
    body = error.body if isinstance(error.body, dict) else {}
    fault = body.get("error")
    if isinstance(fault, dict):
        return f"{fault.get('type', '')}: {fault.get('reason', '')}"[:500]
    return str(fault or error.message)[:500]
