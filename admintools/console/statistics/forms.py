"""What the statistics may be asked for: a plain GET form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admintools.jobs.registry import registry

PERIOD_NAMES = {
    "day": _("The last 24 hours"),
    "week": _("The last 7 days"),
    "month": _("The last 30 days"),
}
DEFAULT = "day"


class StatisticsForm(forms.Form):
    """Both may be left out; a wrong value gets a sentence, and the page shows the usual."""

    period = forms.ChoiceField(label=_("Period"), required=False, choices=[*PERIOD_NAMES.items()])
    job = forms.ChoiceField(label=_("Job"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__({"period": DEFAULT, **data.dict()})
        jobs = sorted(((job.slug, str(job.label)) for job in registry), key=lambda job: job[1])
        self.fields["job"].choices = [("", _("All jobs")), *jobs]  # type: ignore[attr-defined]
        wrong = _("There is no %(value)s here. Choose one of the list.")
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = wrong

    def chosen(self) -> tuple[str, str]:
        """(period, slug of the job or "")."""
        self.full_clean()
        return self.cleaned_data.get("period") or DEFAULT, self.cleaned_data.get("job", "")
