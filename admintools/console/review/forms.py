"""What the review page may be asked for, and what it may be told."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admintools.console.launch.forms import TypedWord
from micasillero.keywords.models import Language, Source, Status

from .queue import PENDING, chapters

ALL = ("", gettext_lazy("All"))
GREATEST_ID = 2**63 - 1
# In one request: a page's worth, and less than Django takes fields.
MOST_AT_ONCE = 900
MARKED = "marked"
ACTIONS = {
    "approve": Status.APPROVED,
    "reject": Status.REJECTED,
    "snooze": Status.SNOOZED,
    "undo": None,
}


class FilterForm(forms.Form):
    """A plain GET form; every wrong value gets a sentence."""

    status = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            (PENDING, gettext_lazy("To review")),
            (Status.SNOOZED.value, Status.SNOOZED.label),
            (Status.APPROVED.value, Status.APPROVED.label),
            (Status.REJECTED.value, Status.REJECTED.label),
        ],
    )
    chapter = forms.ChoiceField(label=gettext_lazy("Chapter"), required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), required=False, choices=[ALL, *Language.choices]
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Source"), required=False, choices=[ALL, *Source.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(chapter, f"{chapter} ({count})") for chapter, count in chapters()]
        # Its last keyword may just have been decided: the filter stays, and shows none.
        chosen = self.data.get("chapter", "")
        if _is_chapter(chosen) and chosen not in dict(found):
            found = sorted([*found, (chosen, chosen)])
        self.fields["chapter"].choices = [ALL, *found]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = gettext_lazy(
                "There is no such choice. Take one of the list."
            )

    @property
    def asked(self) -> dict[str, str]:
        """The filters in use, as the address carries them. Call it on a valid form."""
        told = {name: self.cleaned_data.get(name) or "" for name in self.fields}
        return {name: value for name, value in told.items() if value and value != PENDING}


class RevertForm(forms.Form):
    """Whoever takes back the lexicon says so: most of the search may rest on it."""

    confirm = TypedWord()


class DecisionForm(forms.Form):
    """One of ACTIONS as the name of a field: its value is the id of a keyword, or "marked" for
    those of the fields ``keyword``. Valid, it has ``action`` and ``ids``."""

    def clean(self) -> dict[str, Any]:
        named = [name for name in ACTIONS if name in self.data]
        if len(named) != 1:
            raise ValidationError(_("Say one thing to do: approve, reject, snooze or undo."))
        value = str(self.data[named[0]])
        texts = self._listed("keyword") if value == MARKED else [value]
        ids = [int(text) for text in texts if _is_id(text)]
        if len(ids) < len(texts):
            raise ValidationError(_("That is no keyword of the list. Reload the page and repeat."))
        if not ids:
            raise ValidationError(_("Mark at least one keyword."))
        if len(ids) > MOST_AT_ONCE:
            raise ValidationError(
                _("At most %(most)s keywords at a time.") % {"most": MOST_AT_ONCE}
            )
        return {"action": named[0], "ids": ids}

    def _listed(self, name: str) -> list[str]:
        """All values of a field, of a form post or of a JSON object."""
        if hasattr(self.data, "getlist"):
            return self.data.getlist(name)
        found = self.data.get(name, [])
        return [str(each) for each in found] if isinstance(found, list) else [str(found)]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= GREATEST_ID


def _is_chapter(text: Any) -> bool:
    return isinstance(text, str) and len(text) == 2 and text.isascii() and text.isdecimal()
