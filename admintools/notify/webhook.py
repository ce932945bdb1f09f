"""Webhooks: signed JSON for programs (docs/webhooks.md), and the text that Slack understands."""

import json
from datetime import UTC, datetime

from django.utils.translation import gettext_noop as _

from . import addresses, transport
from .faults import Gone, Passing, Permanent
from .messages import Message
from .models import Subscription
from .signing import secret_of, signed

# Of the refusals these alone may end by themselves.
PASSING = frozenset({408, 425, 429})


def send_signed(subscription: Subscription, message: Message) -> int:
    """The code of the answer, 2xx. Raises Undelivered."""
    now = datetime.now(UTC)
    told = {
        "type": message.type,
        "timestamp": now.isoformat(timespec="seconds"),
        "data": {
            "subject": message.subject,
            "text": message.text,
            "notices": message.notices,
            "more": message.more,
        },
    }
    body = json.dumps(told, ensure_ascii=False)
    return _post(subscription, body, signed(secret_of(subscription), message.key, now, body))


def send_slack(subscription: Subscription, message: Message) -> int:
    """As send_signed."""
    text = f"*{_for_slack(message.subject)}*\n{_for_slack(message.text)}"
    return _post(subscription, json.dumps({"text": text}, ensure_ascii=False), {})


def _for_slack(text: str) -> str:
    # Else a text could mention everybody, or show one address and lead to another.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _post(subscription: Subscription, body: str, headers: dict[str, str]) -> int:
    target = addresses.permitted(subscription.address)
    answer = transport.request(
        "POST",
        target,
        addresses.resolved,
        body=body.encode(),
        headers={"Content-Type": "application/json", **headers},
    )
    return judged(answer)


def judged(answer: transport.Answer) -> int:
    """The code of an answer that is good. Raises Undelivered for the others."""
    code = answer.code
    if 200 <= code < 300:
        return code
    if code == 410:
        raise Gone("gone", _("The receiver says that it is gone (410)."), answer=code)
    if 300 <= code < 400:
        raise Permanent(
            "redirect",
            _("The receiver redirects (%(status)s), which is not followed: write its new address."),
            answer=code,
            status=code,
        )
    if 400 <= code < 500 and code not in PASSING:
        raise Permanent(
            "refused", _("The receiver refuses it (%(status)s)."), answer=code, status=code
        )
    raise Passing(
        "unavailable",
        _("The receiver cannot take it now (%(status)s)."),
        answer=code,
        after=answer.after,
        status=code,
    )
