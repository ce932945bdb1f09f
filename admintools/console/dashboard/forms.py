"""Which day the dashboard shows."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admintools.console.history.forms import DayField


class DayForm(forms.Form):
    """``day``: today where nothing else was asked."""

    day = DayField(gettext_lazy("Day"))

    def clean_day(self) -> date:
        today = timezone.localdate()
        day = self.cleaned_data["day"] or today
        if day > today:
            raise ValidationError(_("That day is still to come. Choose today or a day before."))
        return day
