"""docs/webhooks.md: its receiver, run against what is really sent."""

import re
from pathlib import Path

import pytest

from admintools.notify import sender
from admintools.notify.kinds import Kind
from admintools.notify.signing import secret_of

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "webhooks.md").read_text()


@pytest.fixture
def verified():
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    names: dict = {}
    exec(code, names)
    return names["verified"]


@pytest.fixture
def got(receiver, announced):
    delivery = announced(receiver.url())
    sender.deliver(delivery.pk)
    return secret_of(delivery.subscription), *receiver.got


def test_the_receiver_takes_what_is_sent(verified, got):
    secret, request = got
    told = verified(secret, request.headers, request.body)
    assert told["data"]["notices"][0]["kind"] == told["type"] == "alert"


@pytest.mark.parametrize("change", ["body", "secret", "old"])
def test_and_nothing_else(verified, got, change):
    secret, request = got
    headers, body = dict(request.headers), request.body
    if change == "body":
        body = body.replace(b"Fire", b"Fun")
    elif change == "secret":
        secret = "whsec_AAAA"
    else:
        headers["webhook-timestamp"] = "1"
    with pytest.raises(ValueError, match=r"signed|old"):
        verified(secret, headers, body)


def test_every_kind_is_named():
    assert all(f"`{kind}`" in DOCUMENT for kind in Kind)
