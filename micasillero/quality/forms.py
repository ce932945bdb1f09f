"""Judging a query, in the admin and on the console's pages alike."""

from typing import Any, cast

from django import forms
from django.db.models import Field
from django.utils.text import capfirst

from . import prefixes
from .models import QueryJudgment


class PrefixesField(forms.CharField):
    """Beginnings of codes, written between commas, spaces or lines; a program may send a list."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        text = ", ".join(map(str, value)) if isinstance(value, list) else value
        return prefixes.read(super().to_python(text) or "")

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


def _field(name: str) -> PrefixesField:
    """Named and explained as the model does."""
    told = cast(Field, QueryJudgment._meta.get_field(name))
    return PrefixesField(
        label=capfirst(told.verbose_name),
        help_text=told.help_text,
        required=not told.blank,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60, "spellcheck": "false"}),
    )


class JudgmentForm(forms.ModelForm):
    """A query and its judgment; the model says whether the codes are some."""

    relevant = _field("relevant")
    best = _field("best")

    class Meta:
        model = QueryJudgment
        fields = ("query", "type", "area", "relevant", "best", "active")
