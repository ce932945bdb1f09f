"""What the history may be asked for. A plain GET form; every wrong value gets a sentence."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admintools.jobs.models import Source, TaskHistory
from admintools.jobs.models.querysets import TaskHistoryQuerySet
from admintools.jobs.registry import registry

from . import values
from .keyset import Place
from .search import Found, search

STATES = {
    "active": gettext_lazy("Not ended yet"),
    "waiting": gettext_lazy("Waiting"),
    "running": gettext_lazy("Running"),
    "done": gettext_lazy("Succeeded"),
    "failed": gettext_lazy("Failed"),
    "cancelled": gettext_lazy("Cancelled"),
}
ANY = ("", gettext_lazy("Any"))
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
SEARCH_LENGTH = 200


class PlaceField(forms.CharField):
    """A place in the list, from a link of a page."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Place | None:
        text = super().clean(value)
        try:
            return Place.parse(text) if text else None
        except ValueError:
            raise ValidationError(
                _("The link to this page is damaged. Start again from the newest run.")
            ) from None


class DayField(forms.DateField):
    """A day that a calendar of this century has."""

    def __init__(self, label: Any) -> None:
        # The browser's own date field speaks ISO, whatever the page's language.
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(label=label, required=False, widget=widget)
        self.error_messages["invalid"] = gettext_lazy("Write the date as 2026-11-20.")

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and not EARLIEST <= day <= LATEST:
            raise ValidationError(_("Choose a day between the years 2000 and 2099."))
        return day


class HistoryForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=SEARCH_LENGTH,
        widget=forms.TextInput(attrs={"type": "search"}),
        help_text=gettext_lazy(
            "The start of a run's id, or part of: who started it, its error's code, its error's "
            "text without the names and numbers in it."
        ),
    )
    job = forms.ChoiceField(label=gettext_lazy("Job"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[ANY, *STATES.items()]
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Set off by"), required=False, choices=[ANY, *Source.choices]
    )
    since = DayField(gettext_lazy("From"))
    until = DayField(gettext_lazy("To"))
    before = PlaceField(required=False)
    after = PlaceField(required=False)

    FILTERS = ("q", "job", "state", "source", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Rows outlive the definitions of their jobs.
        gone = [slug for slug in values.different(values.JOBS) if registry.find(slug) is None]
        jobs = [(job.slug, job.label) for job in registry] + [(slug, slug) for slug in gone]
        self.fields["job"].choices = [ANY, *jobs]  # type: ignore[attr-defined]
        for name in ("job", "state", "source"):
            self.fields[name].error_messages["invalid_choice"] = gettext_lazy(
                "There is no such choice. Take one of the list."
            )

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if told.get("since") and told.get("until") and told["since"] > told["until"]:
            self.add_error("until", _("The last day is before the first."))
        return told

    @property
    def choices(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FILTERS if name != "q"]

    @property
    def places(self) -> list[forms.BoundField]:
        return [self["before"], self["after"]]

    @property
    def asked(self) -> dict[str, str]:
        """The filters in use, as the address carries them."""
        told = {name: self.cleaned_data.get(name) for name in self.FILTERS}
        return {name: str(value) for name, value in told.items() if value}

    @property
    def address(self) -> str:
        """The filters as a query string, "" without any."""
        return urlencode(self.asked)

    def found(self) -> Found:
        """The runs that the filters let through. Call it on a valid form."""
        told = self.cleaned_data
        runs = _in_state(TaskHistory.objects.all(), told["state"])
        if told["job"]:
            runs = runs.filter(job=told["job"])
        if told["source"]:
            runs = runs.filter(source=told["source"])
        if told["since"]:
            runs = runs.filter(created_at__gte=_midnight(told["since"]))
        if told["until"]:
            runs = runs.filter(created_at__lt=_midnight(told["until"] + timedelta(days=1)))
        return search(runs, told["q"]) if told["q"] else Found([runs])


def _in_state(runs: TaskHistoryQuerySet, state: str) -> TaskHistoryQuerySet:
    match state:
        case "active":
            return runs.active()
        case "waiting":
            return runs.waiting()
        case "running":
            return runs.running()
        case "":
            return runs
    ends = {"done": "SUCCESS", "failed": "FAILURE", "cancelled": "REVOKED"}
    return runs.filter(status=ends[state])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
