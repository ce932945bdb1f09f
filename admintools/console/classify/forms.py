"""What the page Clasificar is asked and told. Every wrong value gets a sentence."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from admintools.jobs.texts import render
from micasillero.catalog.codes import digits, dotted, is_leaf
from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.amounts import amount
from micasillero.classification.models import LONGEST_CODE, Currency
from micasillero.keywords.adding import NO_WORD, as_kept
from micasillero.keywords.models import LONGEST_TEXT, Language
from micasillero.search.intent import CodeIntent, intent_of
from micasillero.search.query import LONGEST_QUERY, MOST_HITS
from micasillero.work import WorkError


class AmountField(forms.CharField):
    """A value as people write it: 1,234.50."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=30, **options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        try:
            return amount(text) if text else None
        except ValueError:
            raise ValidationError(_("Write the value as 1,234.50.")) from None


class CodeField(forms.CharField):
    """The code of a tariff line, with or without its dots; cleaned to the line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("Code"), "max_length": LONGEST_CODE, **options})
        self.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean(self, value: Any) -> PartidaArancelaria | None:
        text = super().clean(value)
        if not text:
            return None
        code = dotted(digits(text))
        line = PartidaArancelaria.objects.leaves().filter(item_no=code).first()
        if not is_leaf(code) or line is None:
            raise ValidationError(
                _("There is no tariff line %(code)s. It is written 6404.11.00.00."),
                params={"code": text},
            )
        return line


class AskForm(forms.Form):
    """A query, the hit that was taken of its answer, and what else is wanted.

    ``rank`` and ``shown``: the hit's place and how many there were. ``earnest``: no letter of a
    query that is still being typed. ``why``: explain the hit. ``add``: the query found nothing
    when somebody asked it; now a word is added.
    """

    q = forms.CharField(
        label=_("What is it?"),
        required=False,
        max_length=LONGEST_QUERY,
        help_text=_("Words in Spanish or English, a brand, an invoice line, or a code."),
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autofocus": True,
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )
    code = CodeField(required=False)
    rank = forms.IntegerField(required=False, min_value=1, max_value=MOST_HITS)
    shown = forms.IntegerField(required=False, min_value=0, max_value=MOST_HITS)
    earnest = forms.BooleanField(required=False)
    why = forms.BooleanField(required=False)
    add = forms.BooleanField(required=False)

    def told(self, name: str) -> Any:
        """The field's value, None where it is wrong or was not sent."""
        self.is_valid()
        return self.cleaned_data.get(name) or None


class ValueForm(forms.Form):
    """The CIF value that taxes are computed on."""

    cif = AmountField(
        label=_("CIF value"), help_text=_("Cost, insurance and freight, such as 1,234.50.")
    )
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, choices=Currency.choices, initial=Currency.DOLLARS
    )

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"] or Currency.DOLLARS


class ConfirmForm(AskForm, ValueForm):
    """The press of the button: the line, and for which goods."""

    code = CodeField()
    press = forms.UUIDField()


class KeywordForm(forms.Form):
    """A word that a line should be found by."""

    text = forms.CharField(label=_("Word or short phrase"), max_length=LONGEST_TEXT)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    code = CodeField(label=_("Code of the line it belongs to"))
    q = forms.CharField(required=False, max_length=LONGEST_QUERY, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        # On the same page as the field of the query, which is called q too.
        super().__init__(data, initial=initial, auto_id="keyword_%s")

    def clean_text(self) -> str:
        try:
            word = as_kept(self.cleaned_data["text"])
        except WorkError as error:
            raise ValidationError(render(error.message, error.params)) from error
        if isinstance(intent_of(word), CodeIntent):
            raise ValidationError(gettext(NO_WORD))
        return word
