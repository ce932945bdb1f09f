"""What an HTTP failure of a provider means. Both SDKs raise errors of the same shape.

Texts of a provider are shown to people, so that they know what to mend; but never those of a
refused key, which quote it.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as _

from micasillero import retry_after
from micasillero.work import WorkError

from .seam import Busy, CallFailed, Declined, Garbled

LONGEST_REASON = 200
KEYS = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "AI_COMPATIBLE_KEY")
# Of OpenAI; with it a 429 means an empty account, and waiting does not fill it.
NO_MONEY = frozenset({"insufficient_quota", "billing_error", "billing_hard_limit_reached"})


@contextmanager
def calls(sdk: ModuleType, provider: str) -> Iterator[None]:
    """Translate what a call of this SDK raises."""
    try:
        yield
    except sdk.APIStatusError as error:
        told = error.response
        raise of_status(provider, told.status_code, told.headers, error.body) from None
    except sdk.APITimeoutError:
        # It may have been answered, and billed, after we stopped listening.
        raise Busy("no answer in time", billed=True) from None
    except sdk.APIConnectionError:
        raise Busy("connection lost", billed=True) from None
    except json.JSONDecodeError:
        raise Garbled("no JSON") from None


def of_status(
    provider: str, status: int, headers: Mapping[str, str], body: Any
) -> CallFailed | WorkError:
    """The exception for an answer with this status of 400 or more."""
    kind, said = _told(body)
    if status in (401, 403):
        return WorkError(
            "provider_key",
            _("%(provider)s refuses the key (HTTP %(status)s). Set another one and launch again."),
            provider=provider,
            status=status,
        )
    if status == 402 or kind in NO_MONEY:
        return WorkError(
            "provider_quota",
            _("The account at %(provider)s has no money left. Add some and launch again."),
            provider=provider,
        )
    if status == 404:
        return WorkError(
            "provider_model",
            _("%(provider)s does not know the model or address: %(said)s. Correct the settings."),
            provider=provider,
            said=said,
        )
    if status in (408, 409, 425, 429) or status >= 500:
        return Busy(f"HTTP {status}", after=retry_after.seconds(headers.get("retry-after")))
    return Declined(f"HTTP {status}: {said}" if said else f"HTTP {status}")


def _told(body: Any) -> tuple[str, str]:
    """(kind, message) of an error's body, which some wrap in {"error": ...}."""
    inner = body.get("error", body) if isinstance(body, dict) else {}
    if not isinstance(inner, dict):
        return "", ""
    kind = inner.get("code") or inner.get("type") or ""
    return str(kind), _harmless(inner.get("message"))


def _harmless(said: Any) -> str:
    text = " ".join(str(said or "").split())
    for key in filter(None, (getattr(settings, name) for name in KEYS)):
        text = text.replace(key, "***")
    return text[:LONGEST_REASON].rstrip(".")
