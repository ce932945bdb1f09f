"""What the alerts page may be asked for, and what it may be told."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admintools.console.marked import MarkedForm
from admintools.jobs.texts import storable
from micasillero.compliance.handling import Action
from micasillero.compliance.models import LONGEST_NOTE, Alert, AlertState, Rule, Severity
from micasillero.compliance.querysets import AlertQuerySet
from micasillero.events.models import LONGEST_CLIENT

ALL = "all"
ANY = ("", gettext_lazy("Any"))
# A choice of clients beyond that helps nobody.
MOST_CLIENTS = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLACE = re.compile(r"([1-4])-([0-9]{1,17})-([0-9]{1,18})")


@dataclass(frozen=True)
class Place:
    """Where an alert stands in the list: its severity, its last event and its id. As text, with the
    microseconds since 1970, so that a page begins behind a row however many were handled since."""

    severity: int
    last_at: datetime
    pk: int

    @classmethod
    def of(cls, alert: Alert) -> "Place":
        return cls(alert.severity, alert.last_at, alert.pk)

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Raises ValueError for anything that ``str`` of a place does not give."""
        match = _PLACE.fullmatch(text)
        if match is None:
            raise ValueError("not a place in the list")
        return cls(int(match[1]), _EPOCH + int(match[2]) * _MICROSECOND, int(match[3]))

    def __str__(self) -> str:
        return f"{self.severity}-{(self.last_at - _EPOCH) // _MICROSECOND}-{self.pk}"


class PlaceField(forms.CharField):
    """A place in the list, from a link of a page."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Place | None:
        text = super().clean(value)
        try:
            return Place.parse(text) if text else None
        except ValueError:
            raise ValidationError(
                _("The link to this page is damaged. Start again from the worst alert.")
            ) from None


class FilterForm(forms.Form):
    """A plain GET form; every wrong value gets a sentence."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[*AlertState.choices, (ALL, gettext_lazy("All"))],
    )
    severity = forms.TypedChoiceField(
        label=gettext_lazy("Severity"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[ANY, *reversed(Severity.choices)],
    )
    rule = forms.ModelChoiceField(
        label=gettext_lazy("Rule"),
        required=False,
        empty_label=ANY[1],
        queryset=Rule.objects.order_by("name"),
    )
    client = forms.ChoiceField(label=gettext_lazy("Client"), required=False)
    after = PlaceField(required=False)

    FILTERS = ("state", "severity", "rule", "client")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clients = _clients(self.data.get("state") or AlertState.OPEN)
        # Its last alert may just have been handled: the filter stays, and shows none.
        chosen: Any = self.data.get("client")
        if _is_name(chosen) and chosen not in clients:
            clients.append(chosen)
        self.fields["client"].choices = [ANY, *zip(clients, clients, strict=True)]  # type: ignore[attr-defined]
        for name in self.FILTERS:
            self.fields[name].error_messages["invalid_choice"] = gettext_lazy(
                "There is no such choice. Take one of the list."
            )

    @property
    def choices(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FILTERS]

    @property
    def state_shown(self) -> str:
        """One of AlertState, or ALL. Call it on a valid form."""
        return self.cleaned_data["state"] or AlertState.OPEN

    @property
    def asked(self) -> dict[str, str]:
        """The filters in use, as the address carries them. Call it on a valid form."""
        told = {name: self.cleaned_data.get(name) for name in self.FILTERS}
        told["rule"] = told["rule"].pk if told["rule"] else None
        if told["state"] == AlertState.OPEN:
            told["state"] = None
        return {name: str(value) for name, value in told.items() if value}

    @property
    def address(self) -> str:
        """The filters as a query string, "" without any."""
        return urlencode(self.asked)

    def found(self) -> AlertQuerySet:
        """The alerts that the filters let through, the worst first. Call it on a valid form."""
        told = self.cleaned_data
        alerts: AlertQuerySet = Alert.objects.all()
        if self.state_shown != ALL:
            alerts = alerts.in_state(self.state_shown)
        if told["severity"]:
            alerts = alerts.of_severity(told["severity"])
        alerts = alerts.filter(**{name: told[name] for name in ("rule", "client") if told[name]})
        after: Place | None = told["after"]
        if after is None:
            return alerts.worst_first()
        return alerts.behind(after.severity, after.last_at, after.pk)


def _clients(state: Any) -> list[str]:
    """Those that have alerts in that state."""
    if state == ALL:
        alerts: AlertQuerySet = Alert.objects.all()
    elif state in AlertState.values:
        alerts = Alert.objects.in_state(state)
    else:
        return []
    return list(
        alerts.order_by("client").values_list("client", flat=True).distinct()[:MOST_CLIENTS]
    )


def _is_name(text: Any) -> bool:
    """Whether a client could be called so."""
    return isinstance(text, str) and 0 < len(text) <= LONGEST_CLIENT and text == storable(text)


class HandleForm(MarkedForm):
    """What to do with one alert, or with the marked ones, and a note about it."""

    actions = Action.values
    rows = "alert"
    say_one = gettext_lazy("Say one thing to do: acknowledge, close or reopen.")
    unknown = gettext_lazy("That is no alert of the list. Reload the page and repeat.")
    mark_one = gettext_lazy("Mark at least one alert.")
    too_many = gettext_lazy("At most %(most)s alerts at a time.")

    note = forms.CharField(
        label=gettext_lazy("Note (optional)"), required=False, max_length=LONGEST_NOTE
    )

    def clean_note(self) -> str:
        return storable(self.cleaned_data["note"])
