"""The signature of a webhook, as standardwebhooks.com has it, and the secret that makes it.

A secret is stored nowhere: it is derived from SECRET_KEY and the subscription's nonce, so that a
dump of the database signs nothing. Whoever changes SECRET_KEY gives the receivers new secrets.
"""

import base64
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook

if TYPE_CHECKING:
    from .models import Subscription


def secret_of(subscription: "Subscription") -> str:
    """What the receiver verifies with: whsec_ and 32 bytes in base64."""
    made = salted_hmac("admintools.notify.signing", subscription.nonce, algorithm="sha256")
    return "whsec_" + base64.b64encode(made.digest()).decode()


def signed(secret: str, key: str, at: datetime, body: str) -> dict[str, str]:
    """The headers that go with the body. ``at`` in UTC: receivers refuse what is five minutes
    old."""
    return {
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, at, body),
    }
