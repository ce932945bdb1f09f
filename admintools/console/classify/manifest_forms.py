"""A manifest as it is handed in, and what is chosen for its lines."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admintools.jobs.texts import render
from micasillero.classification.models import Currency
from micasillero.classification.reading import Faulty, Goods, decoded, read
from micasillero.work import WorkError

LARGEST_FILE = 1024 * 1024
LONGEST_PASTED = 400_000


class ManifestForm(forms.Form):
    """Pasted lines or a file. What a file holds is put into the field when it cannot be read as it
    is, so that it can be mended there and nothing is lost."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=255,
        help_text=gettext_lazy("Such as the guide or the flight. Empty: the file's name."),
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency of the values"),
        choices=Currency.choices,
        initial=Currency.DOLLARS,
    )
    pasted = forms.CharField(
        label=gettext_lazy("Lines"),
        required=False,
        max_length=LONGEST_PASTED,
        strip=False,
        help_text=gettext_lazy(
            "One kind of goods on each line. Or a table whose first line names its columns: "
            "descripcion, cantidad, valor."
        ),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("or a CSV file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
    )

    def clean_file(self) -> Any:
        uploaded = self.cleaned_data["file"]
        if uploaded and uploaded.size > LARGEST_FILE:
            raise ValidationError(_("The file is larger than 1 MB: a manifest has 500 lines."))
        return uploaded

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if self.errors:
            return told
        text, field = told["pasted"], "file" if told["file"] else "pasted"
        try:
            if told["file"]:
                text = decoded(told["file"].read())
            told["goods"] = read(text)
        except WorkError as error:
            self.add_error(field, render(error.message, error.params))
        except Faulty as faulty:
            self.add_error("pasted", [_sentence(fault) for fault in faulty.faults])
        if self.errors and told.get("file"):
            self._keep(text)
        return told

    def _keep(self, text: str) -> None:
        """The file's text in the field, since a browser sends no file twice by itself."""
        fields = cast(QueryDict, self.data).copy()
        fields["pasted"] = text
        self.data = fields

    @property
    def goods(self) -> list[Goods]:
        return self.cleaned_data["goods"]

    @property
    def title(self) -> str:
        """What the manifest is called."""
        uploaded = self.cleaned_data["file"]
        given = self.cleaned_data["name"] or (uploaded.name if uploaded else "")
        return " ".join(given.split()) or _("Pasted lines")


def _sentence(fault: Any) -> str:
    reason = render(fault.message, fault.params)
    return _("Line %(number)s: %(reason)s") % {"number": fault.number, "reason": reason}
