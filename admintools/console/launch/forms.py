"""The launch forms. A form's cleaned fields are the run's parameters; JobDefinition names it.

Two fields are no parameters: ``retry_of``, the run that this one repeats, and ``confirm``, which a
form has whose job must not start by a slip; programs send it too.
"""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from admintools.jobs.models import TaskHistory
from admintools.jobs.retention import MOST_DAYS
from admintools.tasks.index import OVERRIDE

ENGINES = {"elasticsearch": "Elasticsearch", "tantivy": _("built-in (tantivy)")}
# Each reader is shown the word of their language; both are taken, whatever the page's language.
WORDS = frozenset({"CONFIRM", "CONFIRMAR"})
NOT_PARAMETERS = ("confirm", "retry_of")
Person = User | AnonymousUser


class TypedWord(forms.CharField):
    """The word that whoever deletes something must type."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Type CONFIRM to go on"),
            help_text=_("In capital letters."),
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        )
        self.error_messages["required"] = _("This deletes something: type CONFIRM to go on.")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value not in WORDS:
            raise ValidationError(self.error_messages["required"], code="unconfirmed")


class LaunchForm(forms.Form):
    """A job without parameters. ``job`` is the slug; ``asks`` False leaves the confirmation out,
    for a preview; ``user`` is who launches, None where nobody does."""

    retry_of = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        job: str = "",
        asks: bool = True,
        user: Person | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.job, self.user = job, user
        # Parameters may be anything that somebody typed; nobody is confirmed for by them.
        self.initial.pop("confirm", None)
        if not asks:
            self.fields.pop("confirm", None)

    def clean_retry_of(self) -> TaskHistory | None:
        task_id = self.cleaned_data["retry_of"]
        if not task_id:
            return None
        run = TaskHistory.objects.filter(task_id=task_id).first()
        if run is None:
            raise ValidationError(_("There is no run with this id."))
        if run.job != self.job:
            raise ValidationError(_("That run was of another job: it cannot be retried here."))
        if run.is_active:
            raise ValidationError(_("This run is still active: it cannot be retried yet."))
        return run

    def parameters(self) -> dict[str, Any]:
        """What the run is launched with: the fields that were filled in."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in NOT_PARAMETERS and value not in ("", None)
        }

    def defaults(self) -> dict[str, Any]:
        """The values that an untouched form would send."""
        return {
            name: self.get_initial_for_field(field, name) or ""
            for name, field in self.fields.items()
        }

    def choices(self) -> Iterator[forms.BoundField]:
        """The fields that a person chooses from."""
        return (f for f in self if f.name not in NOT_PARAMETERS and not f.is_hidden)

    @property
    def confirmation(self) -> forms.BoundField | None:
        return self["confirm"] if "confirm" in self.fields else None


class EngineForm(LaunchForm):
    """A job that works with one engine."""

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


class EvaluateForm(EngineForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["engine"].help_text = _("Whose live index is asked.")


class RebuildForm(EngineForm):
    """``accept_worse`` is for who may override the quality gate; others are not asked."""

    accept_worse = forms.BooleanField(
        label=_("Let it go live even if it answers worse"),
        required=False,
        help_text=_(
            "Otherwise a new index that finds fewer of the judged queries than the one in use is "
            "not used."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self._may_override():
            self.fields["accept_worse"].widget = forms.HiddenInput()

    def clean_accept_worse(self) -> bool | None:
        """None, which is no parameter, where it is not wished."""
        if not self.cleaned_data["accept_worse"]:
            return None
        if not self._may_override():
            raise ValidationError(
                _("You may not let an index go live that answers worse. Ask an administrator.")
            )
        return True

    def _may_override(self) -> bool:
        return self.user is not None and self.user.has_perm(OVERRIDE)


class RollbackForm(LaunchForm):
    confirm = forms.BooleanField(
        label=_("Yes, searches shall use the previous index definition."),
        error_messages={"required": _("Confirm that the previous definition shall be used.")},
    )


def _days(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, required=False, min_value=1, max_value=MOST_DAYS
    )


class CleanupForm(LaunchForm):
    keep_runs_days = _days(_("Keep runs, days"), _("Runs that ended earlier are deleted."))
    keep_log_days = _days(_("Keep log lines, days"), _("Older lines of any log are deleted."))
    confirm = TypedWord()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep_runs_days"].initial = settings.KEEP_RUNS_DAYS
        self.fields["keep_log_days"].initial = settings.KEEP_LOG_DAYS
