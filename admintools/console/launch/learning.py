"""Learning from what people choose: its launch form, and what it says before it is launched."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from admintools.console.fact import Fact
from admintools.console.formatting import number, when
from admintools.tasks.learning import confirmed_since, start_of
from micasillero.learning.impact import learning_impact

from .forms import LaunchForm
from .impact import Impact


class LearnForm(LaunchForm):
    """``since`` empty: the days of the settings."""

    since = forms.DateField(
        label=gettext_lazy("Since"),
        required=False,
        help_text=gettext_lazy("What was chosen earlier does not count. Empty: the usual days."),
        error_messages={"invalid": gettext_lazy("Write a day such as 2026-11-01.")},
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_since(self) -> str | None:
        """As the run's parameters keep it."""
        found = self.cleaned_data["since"]
        if found and found > timezone.localdate():
            raise ValidationError(_("That day has not come yet."))
        return found.isoformat() if found else None


def learn(parameters: Mapping[str, Any]) -> Impact:
    """What it would start from."""
    start = start_of(parameters.get("since"))
    told = learning_impact(start)
    confirmed = sum(1 for _row in confirmed_since(start))
    return Impact(
        items=told.events,
        figures=(
            Fact(_("Events"), number(told.events), _since(start)),
            Fact(_("Choices"), number(told.choices), _of_people(told.people)),
            Fact(_("Confirmed by staff"), number(confirmed), _("counted apart")),
        ),
        summary=ngettext(
            "%(n)s event is looked through.", "%(n)s events are looked through.", told.events
        )
        % {"n": number(told.events)},
        after=_("What is proposed waits for you in the review; no search changes before that."),
        refusal="" if told.choices or confirmed else _nothing(start),
    )


def _since(start: datetime) -> str:
    return _("since %(when)s") % {"when": when(start)}


def _of_people(people: int) -> str:
    told = ngettext("by %(n)s person", "by %(n)s people", people) % {"n": number(people)}
    least = ngettext(
        "at least %(n)s for a word", "at least %(n)s for a word", settings.LEARNING_PEOPLE
    )
    return f"{told}; {least % {'n': number(settings.LEARNING_PEOPLE)}}"


def _nothing(start: datetime) -> str:
    return _("Nobody chose or confirmed anything since %(when)s.") % {"when": when(start)}
