"""The programs that may send events, each with a token of its own."""

import secrets
from hashlib import sha256

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from micasillero.events.models.batch import LONGEST_CLIENT

PREFIX = "sbx_"
SHOWN = len(PREFIX) + 4


class ApiClientQuerySet(models.QuerySet):
    """Filters of clients."""

    def active(self) -> "ApiClientQuerySet":
        return self.filter(active=True)

    def with_token(self, token: str) -> "ApiClientQuerySet":
        return self.active().filter(digest=digest_of(token))


class ApiClient(models.Model):
    """A program of a courier. Its token is shown once, when it is made; kept is only its digest.

    A token has 256 random bits: nobody finds one by trying, so a plain hash guards it well enough
    and costs a request nothing. ``shown`` is its beginning, by which people tell tokens apart.
    """

    name = models.CharField(
        _("name"),
        max_length=LONGEST_CLIENT,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9_-]*\Z")],
        help_text=_("Small letters, digits, - and _. Stands with every event that it sends."),
    )
    active = models.BooleanField(_("active"), default=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    shown = models.CharField(_("token"), max_length=20, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    renewed_at = models.DateTimeField(_("token made at"), default=timezone.now, editable=False)

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def renew(self) -> str:
        """Give it a new token, which is returned and never again to be had. Saves; the old token
        is worth nothing from now on."""
        token = PREFIX + secrets.token_urlsafe(32)
        self.digest, self.shown = digest_of(token), token[:SHOWN]
        self.renewed_at = timezone.now()
        self.save()
        return token


def digest_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()
