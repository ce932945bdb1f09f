"""The launch forms of what a language model may be asked for."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from micasillero.generation.comparing import MOST_LINES
from micasillero.generation.providers import configured

from .forms import LaunchForm

PROVIDER_NAMES = {
    "anthropic": "Anthropic",
    "openai": "OpenAI",
    "compatible": _("Own server"),
}


def model_choices() -> list[tuple[str, str]]:
    """The models that are configured, as a person reads them."""
    return [
        (name, f"{PROVIDER_NAMES[name.partition(':')[0]]} · {name.partition(':')[2]}")
        for name in configured()
    ]


class ModelField(forms.ChoiceField):
    """One of the models that are configured; the name of a provider alone is its usual model."""

    default_error_messages = {
        "invalid_choice": _(
            "%(value)s cannot be asked here: set its key, or its address, where the site and the "
            "workers start."
        ),
        "required": _("Choose a model. It is offered once its key, or its address, is set."),
    }

    def to_python(self, value: Any) -> str:
        name = super().to_python(value)
        offered = (str(c) for c, _label in cast(Iterable[tuple[str, Any]], self.choices))
        usual = (choice for choice in offered if choice.startswith(f"{name}:"))
        return next(usual, name) if name else name


def _dollars(label: Any, help_text: Any) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0.01,
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )


def _chapter() -> forms.RegexField:
    return forms.RegexField(
        r"\A\d\d\Z",
        label=_("Chapter"),
        required=False,
        help_text=_("Two digits, such as 64. Empty: all chapters."),
        error_messages={"invalid": _("Write the chapter as two digits, such as 64.")},
    )


def _language() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[
            ("both", _("Spanish and English")),
            ("es", _("Spanish")),
            ("en", _("English")),
        ],
    )


class GenerateForm(LaunchForm):
    """``chapter`` and ``missing`` narrow the lines; without either it is all of them. Models and
    their money are asked about only where a model is configured."""

    provider = ModelField(
        label=_("Provider"),
        required=False,
        choices=[("lexicon", _("Lexicon (built in, free)"))],
    )
    chapter = _chapter()
    missing = forms.BooleanField(
        label=_("Only lines without keywords"), required=False, initial=False
    )
    language = _language()
    max_cost = _dollars(
        _("Highest cost, US$"),
        _("Of this run; empty: the cap of the settings. It stops before passing it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["provider"])
        models = model_choices()
        field.choices = [*cast(list[Any], field.choices), *models]
        if not models:
            # Nothing to choose: a program may still send it, a person is not asked.
            field.widget = forms.HiddenInput()
            self.fields["max_cost"].widget = forms.HiddenInput()

    def parameters(self) -> dict[str, Any]:
        told = super().parameters()
        return told if told.get("missing") else {n: v for n, v in told.items() if n != "missing"}


class CompareForm(LaunchForm):
    """Two different models that are configured, and how many lines they are asked for."""

    first = ModelField(label=_("First model"))
    second = ModelField(label=_("Second model"))
    sample = forms.IntegerField(
        label=_("Tariff lines"),
        help_text=_(
            "Drawn by chance, half of them from those that judged queries name. Both models are "
            "asked for the same ones."
        ),
        min_value=1,
        max_value=MOST_LINES,
        initial=20,
    )
    chapter = _chapter()
    language = _language()
    max_cost = _dollars(_("Highest cost, US$"), _("Of both together; empty: the settings' cap."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        models = model_choices()
        for name, usual in zip(("first", "second"), models, strict=False):
            self.fields[name].initial = usual[0]
        for name in ("first", "second"):
            cast(forms.ChoiceField, self.fields[name]).choices = models

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("first") and told.get("first") == told.get("second"):
            self.add_error("second", _("Choose another model than the first one."))
        return told
