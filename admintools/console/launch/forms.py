"""The launch forms. A form's cleaned fields are the run's parameters; JobDefinition names it."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

ENGINES = {"elasticsearch": "Elasticsearch", "tantivy": _("built-in (tantivy)")}


class LaunchForm(forms.Form):
    """A job without parameters."""

    def parameters(self) -> dict[str, Any]:
        """What the run is launched with: the fields that were filled in."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class RebuildForm(LaunchForm):
    engine = forms.ChoiceField(
        label=_("Engine"),
        required=False,
        help_text=_("Searches are served by the engine in use; another one is built for a trial."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["engine"])
        available = [n for n in ENGINES if n != "elasticsearch" or settings.ELASTICSEARCH_URL]
        field.choices = [("", _("The one in use")), *((n, ENGINES[n]) for n in available)]
        field.error_messages["invalid_choice"] = _(
            "There is no engine %(value)s here. Leave it empty, or set ELASTICSEARCH_URL first."
        )
        if len(available) == 1:
            # Nothing to choose: a program may still send it, a person is not asked.
            field.widget = forms.HiddenInput()


class RollbackForm(LaunchForm):
    pass


class CleanupForm(LaunchForm):
    pass
