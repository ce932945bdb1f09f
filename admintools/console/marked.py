"""Forms about rows of a list: one of them, or those that are marked."""

from collections.abc import Collection
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

GREATEST_ID = 2**63 - 1
# In one request: a page's worth, and less than Django takes fields.
MOST_AT_ONCE = 900
MARKED = "marked"


class MarkedForm(forms.Form):
    """One of ``actions`` as the name of a field: its value is the id of a row, or "marked" for
    those of the fields named ``rows``. Valid, it has ``action`` and ``ids``."""

    actions: ClassVar[Collection[str]]
    rows: ClassVar[str]
    # The sentences of a refusal.
    say_one: ClassVar[Any]
    unknown: ClassVar[Any]
    mark_one: ClassVar[Any]
    too_many: ClassVar[Any]

    def clean(self) -> dict[str, Any]:
        named = [name for name in self.actions if name in self.data]
        if len(named) != 1:
            raise ValidationError(self.say_one)
        value = str(self.data[named[0]])
        texts = self._listed() if value == MARKED else [value]
        ids = [int(text) for text in texts if _is_id(text)]
        if len(ids) < len(texts):
            raise ValidationError(self.unknown)
        if not ids:
            raise ValidationError(self.mark_one)
        if len(ids) > MOST_AT_ONCE:
            raise ValidationError(self.too_many % {"most": MOST_AT_ONCE})
        return {**self.cleaned_data, "action": named[0], "ids": ids}

    def _listed(self) -> list[str]:
        """All values of the rows' field, of a form post or of a JSON object."""
        if hasattr(self.data, "getlist"):
            return self.data.getlist(self.rows)
        found = self.data.get(self.rows, [])
        return [str(each) for each in found] if isinstance(found, list) else [str(found)]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= GREATEST_ID
