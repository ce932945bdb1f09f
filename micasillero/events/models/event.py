"""One thing that happened."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from micasillero.events.querysets import EventQuerySet

from .batch import LONGEST_CLIENT, RawBatch

LONGEST_ID = 64
LONGEST_TEXT = 500
LONGEST_CODE = 20
HASH_LENGTH = 22


class EventType(models.TextChoices):
    """What happened."""

    SEARCH = "search", _("Search")
    IMPRESSION = "impression", _("Impression")
    SELECTION = "selection", _("Selection")
    DECLARATION = "declaration", _("Declaration")


class Event(models.Model):
    """One thing that happened, at ``occurred_at`` by the sender's clock.

    Which fields are filled depends on the type: a search has ``query`` and ``results`` (how many
    were found), an impression ``query`` and ``codes`` (what was shown, best first), a selection
    ``query``, ``code`` and ``rank`` (from 1), a declaration ``description`` and perhaps ``code``
    and ``value`` (US dollars). ``person`` is the customer, or the session where nobody is logged
    in; ``query`` is as the search sees it (see schema).
    """

    batch = models.ForeignKey(
        RawBatch,
        # Deleting old batches must not look through all events for each: the number stays.
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("batch"),
    )
    event_id = models.CharField(_("event id"), max_length=LONGEST_ID)
    client = models.CharField(_("client"), max_length=LONGEST_CLIENT)
    type = models.CharField(_("type"), max_length=11, choices=EventType.choices)
    occurred_at = models.DateTimeField(_("occurred at"))
    received_at = models.DateTimeField(_("received at"))
    session = models.CharField(_("session"), max_length=HASH_LENGTH, blank=True, default="")
    person = models.CharField(_("person"), max_length=HASH_LENGTH, blank=True, default="")
    network = models.CharField(_("network"), max_length=HASH_LENGTH, blank=True, default="")
    query = models.CharField(_("query"), max_length=200, blank=True, default="")
    results = models.PositiveIntegerField(_("results"), null=True, blank=True)
    code = models.CharField(_("code"), max_length=LONGEST_CODE, blank=True, default="")
    rank = models.PositiveSmallIntegerField(_("rank"), null=True, blank=True)
    codes = models.JSONField(_("codes shown"), null=True, blank=True)
    description = models.CharField(
        _("description"), max_length=LONGEST_TEXT, blank=True, default=""
    )
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=2, null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["occurred_at"], name="micasillero_event_occurred"),
            models.Index(fields=["received_at"], name="micasillero_event_received"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"

    @property
    def text(self) -> str:
        """What the person wrote: a query or a description."""
        return self.description or self.query
