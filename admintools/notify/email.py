"""E-mail, by the mail server of EMAIL_URL."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext_noop as _

from .faults import Passing, Permanent, Undelivered
from .messages import Message, greeting
from .models import Subscription
from .transport import SECONDS, within


def send(subscription: Subscription, message: Message) -> None:
    """Raises Undelivered. A mail server's yes has no code that would say more."""
    try:
        within(SECONDS, lambda: _mail(subscription, message).send(), otherwise=lambda: None)
    except TimeoutError:
        raise Passing(
            "timeout", _("No answer within %(seconds)s s."), seconds=f"{SECONDS:g}"
        ) from None
    except smtplib.SMTPException as error:
        raise _fault(error) from None
    except OSError as error:
        raise Passing(
            "connection",
            _("The connection failed: %(reason)s."),
            reason=error.strerror or type(error).__name__,
        ) from None


def _mail(subscription: Subscription, message: Message) -> EmailMessage:
    with translation.override(subscription.language):
        text = f"{message.text}\n\n-- \n{greeting()}\n"
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return EmailMessage(
        message.subject,
        text,
        to=[subscription.address],
        # The same in every attempt: a mail that came twice is shown once.
        headers={"Message-ID": f"<{message.key}@{domain}>", "Auto-Submitted": "auto-generated"},
    )


def _fault(error: smtplib.SMTPException) -> Undelivered:
    code, reason = _told(error)
    # A key that is refused is the operator's to mend, and meanwhile the message waits.
    if code is not None and 500 <= code < 600 and not isinstance(error, LOGIN):
        refused = _("The mail server refuses it: %(reason)s")
        return Permanent("refused", refused, answer=code, reason=reason)
    unavailable = _("The mail server cannot take it now: %(reason)s")
    return Passing("unavailable", unavailable, answer=code, reason=reason)


LOGIN = (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError)


def _told(error: smtplib.SMTPException) -> tuple[int | None, str]:
    """(code, what the server said)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused) and error.recipients:
        code, said = next(iter(error.recipients.values()))
        return code, _as_text(said)
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _as_text(error.smtp_error)
    return None, type(error).__name__


def _as_text(said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]
