"""Rules about goods that a courier may not carry, or not without a permit, and what they found."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from micasillero.events.models import (
    HASH_LENGTH,
    LONGEST_CLIENT,
    LONGEST_TEXT,
    Event,
    EventType,
)

from .patterns import LONGEST_SOURCE, PatternError, whole
from .querysets import AlertQuerySet, RuleQuerySet, restamp

LONGEST_NAME = 80
LONGEST_NOTE = 500


class Severity(models.IntegerChoices):
    """How soon a person should look."""

    LOW = 1, _("Low")
    MEDIUM = 2, _("Medium")
    HIGH = 3, _("High")
    CRITICAL = 4, _("Critical")


class Category(models.TextChoices):
    """May a courier carry it? The words of the tariff's own categories."""

    RESTRICTED = "RESTRICTED", _("Restricted")
    PROHIBITED = "PROHIBITED", _("Prohibited")


class Rule(models.Model):
    """What to look for, and what to tell whoever reads the alert.

    ``patterns`` are regular expressions, one a line; any of them alarms. What an expression of
    ``exceptions`` matches is taken out of the text first ("glue gun"). How texts are compared is
    told in matcher. ``shipped`` names a rule that comes with the product; once a person has changed
    it (``changed_at``), new versions of the product leave it alone.
    """

    name = models.CharField(_("name"), max_length=LONGEST_NAME, unique=True)
    category = models.CharField(_("category"), max_length=10, choices=Category.choices)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity.choices)
    patterns = models.TextField(_("patterns"), max_length=LONGEST_SOURCE)
    exceptions = models.TextField(
        _("exceptions"), max_length=LONGEST_SOURCE, blank=True, default=""
    )
    in_queries = models.BooleanField(_("looks at what people search"), default=True)
    in_descriptions = models.BooleanField(_("looks at what people declare"), default=True)
    reason = models.TextField(_("reason"), max_length=500)
    authority = models.CharField(_("permit authority"), max_length=200, blank=True, default="")
    enabled = models.BooleanField(_("on"), default=True)
    shipped = models.SlugField(
        _("comes with the product as"), max_length=60, unique=True, null=True, blank=True,
        editable=False,
    )  # fmt: skip
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["-severity", "name"]
        # Alerts tell of their rule: one that is not wanted any more is switched off.
        default_permissions = ("add", "change", "view")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        """As Django's; changes the stamp, as the queryset's writes do."""
        using = options.get("using") or self._state.db or DEFAULT_DB_ALIAS
        with transaction.atomic(using=using):
            restamp(using)
            super().save(*args, **options)

    def clean(self) -> None:
        """Refuse what cannot be compiled, and a rule that looks at nothing."""
        faults: dict[str, Any] = {}
        for name in ("patterns", "exceptions"):
            try:
                found = whole(getattr(self, name))
            except PatternError as error:
                faults[name] = ValidationError(list(error.faults))
            else:
                if name == "patterns" and self.patterns and not found:
                    faults[name] = _("Write at least one expression that is no comment.")
        if not (self.in_queries or self.in_descriptions):
            faults["in_queries"] = _("Choose what the rule looks at: searches, declarations.")
        if faults:
            raise ValidationError(faults)

    def changed(self, by: Any) -> None:
        """Save it as a person's: from now on no new version of the product touches it."""
        self.changed_by, self.changed_at = by, timezone.now()
        self.save()


class RuleStamp(models.Model):
    """One row. Its ``stamp`` changes with every change of a rule (see live)."""

    stamp = models.UUIDField()

    class Meta:
        default_permissions = ()
        verbose_name = _("stamp of the rules")
        verbose_name_plural = _("stamps of the rules")

    def __str__(self) -> str:
        return str(self.stamp)


class AlertState(models.TextChoices):
    """How far people are with an alert."""

    OPEN = "open", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    CLOSED = "closed", _("Closed")


class Alert(models.Model):
    """What one rule found in the events of one person on one day.

    ``count`` events were like it; ``text`` is what the last of them said, without e-mail addresses
    and numbers of people, and ``found`` the part that alarmed. ``severity`` and ``category`` are
    the rule's on that day. ``key`` is made of what makes events alike (see alerting). ``event`` is
    the last one, and may be gone: events are kept less long.
    """

    rule = models.ForeignKey(
        Rule, on_delete=models.PROTECT, related_name="alerts", verbose_name=_("rule")
    )
    key = models.UUIDField(unique=True, editable=False)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity.choices)
    category = models.CharField(_("category"), max_length=10, choices=Category.choices)
    event = models.ForeignKey(
        Event,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        verbose_name=_("event"),
    )
    event_type = models.CharField(_("type"), max_length=11, choices=EventType.choices)
    client = models.CharField(_("client"), max_length=LONGEST_CLIENT)
    person = models.CharField(_("person"), max_length=HASH_LENGTH, blank=True, default="")
    text = models.CharField(_("text"), max_length=LONGEST_TEXT)
    found = models.CharField(_("found"), max_length=LONGEST_TEXT)
    count = models.PositiveIntegerField(_("events"), default=0)
    created_at = models.DateTimeField(_("raised at"), default=timezone.now)
    last_at = models.DateTimeField(_("last event at"))
    state = models.CharField(
        _("state"), max_length=12, choices=AlertState.choices, default=AlertState.OPEN
    )
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=LONGEST_NOTE, blank=True, default="")

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            # Counted on every page of the console: few are open, whatever many there were.
            models.Index(
                fields=["severity", "last_at"],
                condition=models.Q(state="open"),
                name="micasillero_alert_open",
            ),
            models.Index(fields=["state", "severity", "last_at"], name="micasillero_alert_state"),
            models.Index(fields=["created_at"], name="micasillero_alert_created"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.found}"
