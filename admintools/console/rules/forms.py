"""The form of a rule."""

from typing import Any

from django import forms
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy

from admintools.jobs.texts import storable
from micasillero.compliance.models import Rule

# What a test is about: the rest may be changed without one.
TRIED = ("patterns", "exceptions", "in_queries", "in_descriptions")
SALT = "admintools.console.rules.tried"
TEXTS = ("name", "patterns", "exceptions", "reason", "authority")


class StorableField(forms.CharField):
    """Text as a database takes it. A browser ends its lines with two characters, we with one."""

    def to_python(self, value: Any) -> str:
        return storable(super().to_python(value) or "").replace("\r\n", "\n")


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "false", "autocapitalize": "off"})


class RuleForm(forms.ModelForm):
    """The fields of a rule; the model says what is wrong with its expressions."""

    class Meta:
        model = Rule
        fields = (
            *("name", "category", "severity", "patterns", "exceptions", "in_queries"),
            *("in_descriptions", "reason", "authority", "enabled"),
        )
        field_classes = dict.fromkeys(TEXTS, StorableField)
        widgets = {"patterns": _lines(8), "exceptions": _lines(4),
                   "reason": forms.Textarea(attrs={"rows": 3})}  # fmt: skip
        help_texts = {
            "patterns": gettext_lazy("Expressions, one a line; any of them alarms."),
            "exceptions": gettext_lazy(
                "Expressions, one a line. What they find is taken out of the text first: “glue "
                "gun” does not alarm a rule for guns."
            ),
            "reason": gettext_lazy("Why it must be looked at, for whoever reads the alert."),
            "authority": gettext_lazy("Who gives the permit; empty where there is none."),
        }

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [self[name] for name in ("in_queries", "in_descriptions", "enabled")]

    @property
    def signature(self) -> str:
        """Says of a test what was tested. Call it on a valid form."""
        tried = "\x1f".join(str(getattr(self.instance, name)) for name in TRIED)
        return salted_hmac(SALT, tried, algorithm="sha256").hexdigest()

    def was_tried(self, signature: str) -> bool:
        """Whether this is what that test was about, or what the saved rule looks for already."""
        same = self.instance.pk and not set(TRIED) & set(self.changed_data)
        return bool(same) or constant_time_compare(signature, self.signature)
