"""A subscription as a person writes it; every wrong value gets a sentence."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admintools.jobs.registry import registry
from admintools.jobs.texts import render
from admintools.notify import addresses
from admintools.notify.faults import Permanent
from admintools.notify.kinds import EVENTS
from admintools.notify.models import Channel, Subscription
from admintools.notify.models.subscription import MOST_ADDRESS

MOST_MINUTES = 24 * 60


def _time(label: Any) -> forms.TimeField:
    # The browser's own time field speaks ISO, whatever the page's language.
    return forms.TimeField(
        label=label,
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Write the time as 22:00.")},
    )


class SubscriptionForm(forms.ModelForm):
    """``teams``: those that the person may subscribe, none for most people."""

    team = forms.ModelChoiceField(
        queryset=Group.objects.none(),
        label=gettext_lazy("For"),
        required=False,
        empty_label=gettext_lazy("Me"),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Tell me when"),
        choices=[(kind.value, kind.label) for kind in EVENTS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    jobs = forms.MultipleChoiceField(
        label=gettext_lazy("Only of these jobs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: of every job."),
    )
    own_runs = forms.BooleanField(label=gettext_lazy("Only runs that I started"), required=False)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=MOST_ADDRESS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "An e-mail address, or the https address that Slack or the receiver of the webhook "
            "gave you."
        ),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE
    )
    quiet_from = _time(gettext_lazy("Quiet from"))
    quiet_until = _time(gettext_lazy("until"))
    digest_minutes = forms.IntegerField(
        label=gettext_lazy("At most one message in so many minutes"),
        required=False,
        min_value=0,
        max_value=MOST_MINUTES,
        help_text=gettext_lazy("What happens meanwhile comes together in the next one. 0: all."),
    )

    class Meta:
        model = Subscription
        fields = (
            *("team", "channel", "address", "events", "jobs", "own_runs"),
            *("quiet_from", "quiet_until", "digest_minutes", "language"),
        )
        labels = {"channel": gettext_lazy("By")}

    def __init__(self, *args: Any, may_teams: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jobs"].choices = [(job.slug, job.label) for job in registry]  # type: ignore[attr-defined]
        exists = self.instance.pk is not None
        if exists or not may_teams:
            del self.fields["team"]
        else:
            self.fields["team"].queryset = Group.objects.order_by("name")  # type: ignore[attr-defined]
        if exists and self.instance.team_id:
            del self.fields["own_runs"]
        if exists and self.instance.channel != Channel.EMAIL:
            # As good as a password: it does not leave the house again.
            self.initial["address"] = ""
            self.fields["address"].help_text = _("Left empty, %(address)s stays.") % {
                "address": self.instance.shown_address
            }
        # What was chosen before and is offered no more must not keep the form from being saved.
        self.initial["jobs"] = [job for job in self.instance.jobs if registry.find(job)]

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        self._clean_address(told.get("channel", ""), told.get("address", ""))
        begin, end = told.get("quiet_from"), told.get("quiet_until")
        if not self.errors.keys() & {"quiet_from", "quiet_until"}:
            if (begin is None) != (end is None):
                self.add_error("quiet_until", _("Write both times, or none."))
            elif begin is not None and begin == end:
                self.add_error("quiet_until", _("The two times are the same: it would never end."))
        if told.get("team") and told.get("own_runs"):
            self.add_error("own_runs", _("A team starts no runs: leave this out."))
        told["digest_minutes"] = told.get("digest_minutes") or 0
        return told

    def _clean_address(self, channel: str, address: str) -> None:
        before = self.instance if self.instance.pk else None
        if not address and before and before.channel == channel != Channel.EMAIL:
            self.cleaned_data["address"] = address = before.address
        try:
            if not address:
                self.add_error("address", _("Write the address."))
            elif channel == Channel.EMAIL:
                validate_email(address)
            elif channel:
                addresses.permitted(address)
        except ValidationError as error:
            self.add_error("address", error)
        except Permanent as refusal:
            self.add_error("address", render(refusal.message, refusal.params))

    def save_for(self, user: Any) -> Subscription:
        """Store it, a new one for the team that was chosen or else for this person."""
        if self.instance.pk is None and not self.cleaned_data.get("team"):
            self.instance.user = user
        return self.save()

    @property
    def message_fields(self) -> list[forms.BoundField]:
        """Where to, and in which language."""
        names = ("team", "channel", "address", "language")
        return [self[name] for name in names if name in self.fields]

    @property
    def peace_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("quiet_from", "quiet_until", "digest_minutes")]
