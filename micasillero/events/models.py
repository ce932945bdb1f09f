"""What customers search, are shown, choose and declare, as the couriers' own programs tell us.

An accepted batch is one raw row. A worker makes events of it; what of it cannot be stored is kept
as a rejected event, for a person to look at. Nothing in these tables names anybody: people,
sessions and networks are keyed hashes (see pseudonyms).
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .querysets import EventKeyQuerySet, EventQuerySet, RawBatchQuerySet, RejectedEventQuerySet

LONGEST_ID = 64
LONGEST_TEXT = 500
LONGEST_CODE = 20
HASH_LENGTH = 22
LONGEST_CLIENT = 60


class EventType(models.TextChoices):
    """What happened."""

    SEARCH = "search", _("Search")
    IMPRESSION = "impression", _("Impression")
    SELECTION = "selection", _("Selection")
    DECLARATION = "declaration", _("Declaration")


class BatchState(models.TextChoices):
    """How far a raw batch is."""

    WAITING = "waiting", _("Waiting")
    STORED = "stored", _("Stored")
    DEAD = "dead", _("Dead letter")
    DISCARDED = "discarded", _("Discarded")


class RawBatch(models.Model):
    """The accepted events of one request, checked, and still in one piece.

    ``events`` is a list of objects as the schema writes them (see schema.Event.as_raw). ``client``
    is the name of the program that sent them. ``lease_expires_at`` is set while a worker has it,
    ``next_attempt_at`` where it failed and is to be tried again. ``stored``, ``rejected`` and
    ``alerts`` count what became of it.
    """

    client = models.CharField(_("client"), max_length=LONGEST_CLIENT)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    events = models.JSONField(_("events"))
    size = models.PositiveIntegerField(_("events"))
    state = models.CharField(
        _("state"), max_length=9, choices=BatchState.choices, default=BatchState.WAITING
    )
    published_at = models.DateTimeField(_("sent to the queue at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    stored = models.PositiveIntegerField(_("stored"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    alerts = models.PositiveIntegerField(_("alerts"), default=0)
    error_code = models.CharField(_("error code"), max_length=60, blank=True, default="")
    error_message = models.TextField(_("error"), blank=True, default="")
    traceback = models.TextField(blank=True, default="")

    objects = RawBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch of events")
        verbose_name_plural = _("batches of events")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            # Few wait and few are dead, whatever millions were stored.
            models.Index(
                fields=["id"],
                condition=models.Q(state="waiting"),
                name="micasillero_batch_waiting",
            ),
            models.Index(
                fields=["id"], condition=models.Q(state="dead"), name="micasillero_batch_dead"
            ),
            models.Index(fields=["received_at"], name="micasillero_batch_received"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.client}"


class EventKey(models.Model):
    """An event id that was accepted from a client: what comes again under it is a duplicate.

    ``key`` is made of both (see intake), so that no client can take the ids of another.
    """

    key = models.UUIDField(primary_key=True)
    accepted_at = models.DateTimeField(default=timezone.now)

    objects = EventKeyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("accepted event id")
        verbose_name_plural = _("accepted event ids")
        indexes = [models.Index(fields=["accepted_at"], name="micasillero_key_accepted")]

    def __str__(self) -> str:
        return str(self.key)


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


class RejectedState(models.TextChoices):
    """What became of an event that could not be stored."""

    DEAD = "dead", _("Dead letter")
    REPLAYED = "replayed", _("Replayed")
    DISCARDED = "discarded", _("Discarded")


class RejectedEvent(models.Model):
    """One event of a batch that could not be stored while its batch mates were.

    ``event`` is the object of the raw batch. ``replayed_at`` is when it was stored after all.
    """

    batch = models.ForeignKey(
        RawBatch,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="rejects",
        verbose_name=_("batch"),
    )
    client = models.CharField(_("client"), max_length=LONGEST_CLIENT)
    event = models.JSONField(_("event"))
    rejected_at = models.DateTimeField(_("rejected at"), default=timezone.now)
    state = models.CharField(
        _("state"), max_length=9, choices=RejectedState.choices, default=RejectedState.DEAD
    )
    error_code = models.CharField(_("error code"), max_length=60)
    error_message = models.TextField(_("error"), blank=True, default="")
    traceback = models.TextField(blank=True, default="")
    replayed_at = models.DateTimeField(_("replayed at"), null=True, blank=True)

    objects = RejectedEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("rejected event")
        verbose_name_plural = _("rejected events")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(state="dead"), name="micasillero_rejected_dead"
            )
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.error_code}"
