"""The tariff: its lines, what changed in them and which import changed it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .changes import PartidaManager, TracksChanges


class CourierCategory(models.TextChoices):
    """May a courier carry it?"""

    ALLOWED = "ALLOWED", _("Allowed")
    RESTRICTED = "RESTRICTED", _("Restricted")
    PROHIBITED = "PROHIBITED", _("Prohibited")


def _rate(verbose_name: Any) -> models.DecimalField:
    """A tax rate as a decimal fraction: 0.15 is 15 %."""
    return models.DecimalField(verbose_name, max_digits=7, decimal_places=4, default=0)


class PartidaArancelaria(TracksChanges):
    """One line of the tariff, branch or leaf. Only leaves (dddd.dd.dd.dd) are indexed."""

    item_no = models.CharField(_("code"), max_length=20, unique=True)
    descripcion = models.TextField(_("description"))
    descripcion_en = models.TextField(_("description in English"), blank=True, default="")
    parent = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent"),
    )
    is_leaf = models.BooleanField(_("tariff line"), default=False, db_index=True)
    impuesto_dai = _rate(_("import duty (DAI)"))
    impuesto_isc = _rate(_("selective consumption tax (ISC)"))
    impuesto_ispc = _rate(_("production and consumption tax (ISPC)"))
    impuesto_isv = _rate(_("sales tax (ISV)"))
    courier_category = models.CharField(
        _("courier category"),
        max_length=10,
        choices=CourierCategory.choices,
        default=CourierCategory.ALLOWED,
    )
    category_reason = models.TextField(_("reason of the category"), blank=True, default="")
    permit_authority = models.CharField(
        _("permit authority"), max_length=200, blank=True, default=""
    )
    category_by_hand = models.BooleanField(
        _("category set by hand"),
        default=False,
        help_text=_(
            "Set by a person: imports leave the category, its reason and its permit alone."
        ),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = PartidaManager()

    class Meta:
        db_table = "MiCasillero_partidaarancelaria"
        verbose_name = _("tariff line")
        verbose_name_plural = _("tariff lines")
        # Related managers write through the base manager: it too must keep the dirty set.
        base_manager_name = "objects"
        ordering = ["item_no"]

    def __str__(self) -> str:
        return f"{self.item_no} {self.descripcion}"


class DirtyPartida(models.Model):
    """One change that the search index has not seen yet. Append-only: no lock between writers.

    Written in the transaction of the change itself; `sync_index` reads, reconciles and deletes
    exactly the rows it read. ``partida_id`` is no foreign key: the line may be gone by then.
    """

    partida_id = models.BigIntegerField(db_index=True)
    marked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("pending change")
        verbose_name_plural = _("pending changes")

    def __str__(self) -> str:
        return f"{self.partida_id} {self.marked_at:%Y-%m-%d %H:%M:%S}"


class ImportBatch(models.Model):
    """One import of a tariff file: what it was, who applied it, and what it replaced."""

    class Status(models.TextChoices):
        """Where the batch is in its life."""

        PREVIEWED = "PREVIEWED", _("Waiting to be applied")
        APPLIED = "APPLIED", _("Applied")
        UNDONE = "UNDONE", _("Undone")

    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PREVIEWED
    )
    file_name = models.CharField(_("file"), max_length=255)
    file_hash = models.CharField(_("SHA-256 of the file"), max_length=64)
    stored_file = models.CharField(max_length=255, blank=True, default="", editable=False)
    note = models.CharField(_("note, such as the decree"), max_length=500, blank=True, default="")
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    summary = models.JSONField(
        _("summary"), default=dict, blank=True, help_text=_("The counts of the import, as JSON.")
    )

    class Meta:
        verbose_name = _("tariff import")
        verbose_name_plural = _("tariff imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.file_name}"


class ImportChange(models.Model):
    """What one import did to one line: the values before and after."""

    class Kind(models.TextChoices):
        """What happened to the line."""

        CREATED = "CREATED", _("Created")
        UPDATED = "UPDATED", _("Updated")
        REMOVED = "REMOVED", _("Removed")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="changes")
    partida_id = models.BigIntegerField(db_index=True)
    item_no = models.CharField(_("code"), max_length=20, db_index=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    before = models.JSONField(_("before"), null=True, blank=True)
    after = models.JSONField(_("after"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of an import")
        verbose_name_plural = _("changes of an import")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.item_no} {self.kind}"
