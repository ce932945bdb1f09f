"""The upload of a tariff file."""

from django import forms
from django.utils.translation import gettext_lazy as _


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Tariff file"),
        help_text=_(
            "CSV in UTF-8, as the tariff is published. Nothing changes until you apply it."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        help_text=_("Such as the decree that changes the tariff."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    valid_from = forms.DateField(
        label=_("Valid from"),
        required=False,
        # The browser's own date field speaks ISO, whatever the page's language.
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
