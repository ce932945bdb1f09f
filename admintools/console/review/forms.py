"""What the review page may be asked for, and what it may be told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from admintools.console.launch.forms import TypedWord
from admintools.console.marked import MarkedForm
from micasillero.keywords.models import Language, Source, Status

from .queue import PENDING, chapters

ALL = ("", gettext_lazy("All"))
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


class DecisionForm(MarkedForm):
    """What to do with one keyword, or with the marked ones."""

    actions = ACTIONS
    rows = "keyword"
    say_one = gettext_lazy("Say one thing to do: approve, reject, snooze or undo.")
    unknown = gettext_lazy("That is no keyword of the list. Reload the page and repeat.")
    mark_one = gettext_lazy("Mark at least one keyword.")
    too_many = gettext_lazy("At most %(most)s keywords at a time.")


def _is_chapter(text: Any) -> bool:
    return isinstance(text, str) and len(text) == 2 and text.isascii() and text.isdecimal()
