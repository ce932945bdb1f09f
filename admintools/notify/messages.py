"""A delivery in words: what goes out, the same in every attempt."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .kinds import words
from .models import Delivery, Notice

# A digest of a bad night may hold thousands: so many are told, the others counted.
MOST_TOLD = 50
MOST_SUBJECT = 150


@dataclass(frozen=True)
class Message:
    """``subject`` on one line, ``text`` on several; ``notices`` as a webhook carries them."""

    key: str
    subject: str
    text: str
    notices: list[dict[str, Any]]
    more: int

    @property
    def type(self) -> str:
        """Of a webhook: the kind of the one announcement, or digest."""
        return self.notices[0]["kind"] if len(self.notices) == 1 and not self.more else "digest"


def message_of(delivery: Delivery, language: str = "") -> Message:
    """In the subscription's language, or in this one."""
    found = list(delivery.notices.all()[: MOST_TOLD + 1])
    more = delivery.notices.count() - MOST_TOLD if len(found) > MOST_TOLD else 0
    with translation.override(language or delivery.subscription.language):
        told = [_told(notice) for notice in found[:MOST_TOLD]]
        return Message(delivery.key, _subject(told, more), _text(told, more), told, more)


def address_of(link: str) -> str:
    """The path as a whole address; "" stays."""
    return settings.SITE_URL.rstrip("/") + link if link else ""


def _told(notice: Notice) -> dict[str, Any]:
    subject, text = words(notice.kind, notice.about)
    return {
        "kind": notice.kind,
        "key": notice.key,
        "at": notice.at.isoformat(),
        "subject": " ".join(subject.split())[:MOST_SUBJECT],
        "text": text,
        "link": address_of(notice.link),
        "about": notice.about,
    }


def _subject(told: list[dict[str, Any]], more: int) -> str:
    if len(told) == 1:
        return told[0]["subject"]
    n = len(told) + more
    return ngettext("%(n)s notification", "%(n)s notifications", n) % {"n": n}


def _text(told: list[dict[str, Any]], more: int) -> str:
    if len(told) == 1:
        return _lines(told[0]["text"], told[0]["link"])
    parts = [
        _lines(f"{_clock(each)} {each['subject']}", each["text"], each["link"]) for each in told
    ]
    if more:
        parts.append(_("And %(n)s more.") % {"n": more})
    return "\n\n".join(parts)


def _clock(told: dict[str, Any]) -> str:
    at = timezone.localtime(datetime.fromisoformat(told["at"]))
    return f"{formats.date_format(at, 'j M').lower()}, {at:%H:%M}"


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def greeting() -> str:
    """The last line of an e-mail: where to end it."""
    return _("You get this because of your notifications: %(link)s") % {
        "link": address_of("/admin/elasticsearch/notifications/")
    }
