"""A keyword added in the admin is held to what the console's own form is held to."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from micasillero.work import WorkError

from .adding import as_kept, expect_new
from .models import Keyword


class KeywordForm(forms.ModelForm):
    """Of a keyword that is there the text is shown only, and nothing of it is checked again."""

    class Meta:
        model = Keyword
        fields = ("partida", "text", "language", "status")

    def clean_text(self) -> str:
        try:
            return as_kept(self.cleaned_data["text"])
        except WorkError as error:
            raise _invalid(error) from error

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("partida") and told.get("text"):
            try:
                expect_new(told["partida"], told["text"])
            except WorkError as error:
                self.add_error("text", _invalid(error))
        return told


def _invalid(error: WorkError) -> ValidationError:
    return ValidationError(_(error.message), params=error.params)
