"""What the run page lists beside the bar: how it ended and with what it was launched."""

from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from admintools.console.fact import Fact
from admintools.console.formatting import duration, engine, moment, number
from admintools.jobs.models import TaskHistory


def outcome_facts(told: dict[str, Any]) -> list[Fact]:
    """The figures of a run that succeeded; the well-known ones first, the others as they are."""
    result = dict(told["result"] or {})
    if told["state"] != "done" or not result:
        return []
    labels = _labels()
    facts = []
    for key, label in labels.items():
        value = result.get(key)
        if value is None or value == "" or isinstance(value, dict | list):
            continue
        facts.append(_fact(key, label, value))
    if not any(fact.label == labels["seconds"] for fact in facts):
        facts.append(Fact(labels["seconds"], duration(_took(told))))
    return facts


def _labels() -> dict[str, str]:
    return {
        "documents": _("Documents"),
        "read": _("Rows read"),
        "leaves": _("Tariff lines"),
        "created": pgettext("lines", "Created"),
        "updated": pgettext("lines", "Changed"),
        "unchanged": pgettext("lines", "Unchanged"),
        "removed": pgettext("lines", "Removed"),
        "restored": pgettext("lines", "Restored"),
        "recreated": pgettext("lines", "Made again"),
        "skipped": pgettext("lines", "Skipped"),
        "deleted": pgettext("lines", "Deleted"),
        "caught_up": _("Changes replayed"),
        "seconds": _("Time"),
        "verified": _("Verification"),
        "engine": _("Engine"),
        "index": _("New index"),
        "previous": _("Index before"),
    }


def _fact(key: str, label: str, value: Any) -> Fact:
    if key == "verified":
        return Fact(label, _("Correct"), tone="ok") if value else Fact(label, _("Not done"))
    if key == "seconds":
        return Fact(label, duration(float(value)))
    if isinstance(value, int | float):
        return Fact(label, number(value))
    if key == "engine":
        return Fact(label, engine(str(value)), tone="plain")
    return Fact(label, str(value), code=key in ("index", "previous"))


def _took(told: dict[str, Any]) -> float | None:
    started, finished = moment(told["started_at"]), moment(told["finished_at"])
    return (finished - started).total_seconds() if started and finished else None


def parameter_facts(run: TaskHistory) -> list[Fact]:
    names = _names(run)
    facts = [
        Fact(names.get(key, key), _yes_no(value), code=not isinstance(value, bool | int))
        for key, value in run.parameters.items()
        if key != "batch"  # the page links to it instead
    ]
    facts.append(Fact(_("Queue"), run.queue, code=True))
    facts.append(Fact(_("Started by"), f"{run.initiated_by} ({run.get_source_display()})"))
    return facts


def _names(run: TaskHistory) -> dict[str, str]:
    """What the launch form calls the parameters."""
    definition = run.definition
    if definition is None or not definition.form:
        return {}
    fields = import_string(definition.form).base_fields
    return {name: str(field.label or name) for name, field in fields.items()}


def _yes_no(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
