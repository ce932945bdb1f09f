"""Which line people chose for which goods, and the manifests that they work through."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from micasillero.catalog.models import PartidaArancelaria
from micasillero.search.query import LONGEST_QUERY

from .querysets import ManifestLineQuerySet, ManifestQuerySet

LONGEST_CODE = 20


class Currency(models.TextChoices):
    """What a value is stated in. The taxes on it are in the same."""

    LEMPIRAS = "HNL", _("lempiras")
    DOLLARS = "USD", _("US dollars")


def _value() -> models.DecimalField:
    return models.DecimalField(
        _("CIF value"), max_digits=12, decimal_places=2, null=True, blank=True
    )


def _currency() -> models.CharField:
    return models.CharField(
        _("currency"), max_length=3, choices=Currency.choices, default=Currency.DOLLARS
    )


class Manifest(models.Model):
    """A list of goods to classify. ``run_id`` is the task id of the run that searched it last."""

    name = models.CharField(_("name"), max_length=255)
    currency = _currency()
    run_id = models.CharField(_("run"), max_length=36, blank=True, default="")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )

    objects = ManifestQuerySet.as_manager()

    class Meta:
        verbose_name = _("manifest")
        verbose_name_plural = _("manifests")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"


class LineState(models.TextChoices):
    """How far a line of a manifest is."""

    PENDING = "pending", _("Not searched yet")
    FOUND = "found", _("To be reviewed")
    NOT_FOUND = "not_found", _("Nothing found")
    CONFIRMED = "confirmed", _("Confirmed")


class ManifestLine(models.Model):
    """One kind of goods of a manifest.

    ``hits`` are what the search found, best first: {code, description, category}. ``relaxed``:
    some of them do not match exactly. ``code`` and ``partida`` are the line that a person chose;
    the tariff line may be gone later, its code stays.
    """

    manifest = models.ForeignKey(
        Manifest, on_delete=models.CASCADE, related_name="lines", verbose_name=_("manifest")
    )
    position = models.PositiveIntegerField(_("line"))
    text = models.CharField(_("description"), max_length=LONGEST_QUERY)
    quantity = models.DecimalField(
        _("quantity"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    cif = _value()
    state = models.CharField(
        _("state"), max_length=9, choices=LineState.choices, default=LineState.PENDING
    )
    hits = models.JSONField(_("hits"), default=list)
    relaxed = models.BooleanField(_("near misses"), default=False)
    code = models.CharField(_("code"), max_length=LONGEST_CODE, blank=True, default="")
    partida = models.ForeignKey(
        PartidaArancelaria,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tariff line"),
    )

    objects = ManifestLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a manifest")
        verbose_name_plural = _("lines of a manifest")
        ordering = ["manifest_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["manifest", "position"], name="micasillero_manifest_line_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.text}"

    def searched(self, hits: Sequence[dict[str, Any]], *, relaxed: bool) -> None:
        """What the search found for it; saved by the caller, several lines at once."""
        self.hits, self.relaxed = list(hits), relaxed
        self.state = LineState.FOUND if hits else LineState.NOT_FOUND

    def choose(self, partida: PartidaArancelaria) -> None:
        """A person's decision; a later one takes its place. Saves."""
        self.partida, self.code, self.state = partida, partida.item_no, LineState.CONFIRMED
        self.save(update_fields=["partida", "code", "state"])

    def withdraw(self) -> None:
        """Nobody's decision any more: it waits for one again. Saves."""
        self.partida, self.code = None, ""
        self.state = LineState.FOUND if self.hits else LineState.NOT_FOUND
        self.save(update_fields=["partida", "code", "state"])

    def rank_of(self, code: str) -> int | None:
        """Where among its hits a code stood, from 1."""
        codes = [hit["code"] for hit in self.hits]
        return codes.index(code) + 1 if code in codes else None


class Classification(models.Model):
    """Somebody confirmed that these goods belong to this line. What learning starts from.

    ``rank`` is the place of the line among the ``shown`` hits, from 1, None when it was not among
    them. ``press`` is one rendering of the button: what is sent twice counts once.
    """

    press = models.UUIDField(_("press of the button"), default=uuid.uuid4, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    query = models.CharField(_("query"), max_length=LONGEST_QUERY, blank=True)
    rank = models.PositiveSmallIntegerField(_("rank"), null=True, blank=True)
    shown = models.PositiveSmallIntegerField(_("hits shown"), default=0)
    code = models.CharField(_("code"), max_length=LONGEST_CODE)
    partida = models.ForeignKey(
        PartidaArancelaria,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="classifications",
        verbose_name=_("tariff line"),
    )
    cif = _value()
    currency = _currency()
    manifest_line = models.OneToOneField(
        ManifestLine,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="classification",
        verbose_name=_("line of a manifest"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), default=timezone.now)

    class Meta:
        verbose_name = _("confirmed line")
        verbose_name_plural = _("confirmed lines")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="micasillero_confirmed_by"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.query}"
