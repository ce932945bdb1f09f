"""What the run page lists beside the bar: how it ended and with what it was launched."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from admintools.console.fact import Fact
from admintools.console.formatting import (
    dollars,
    duration,
    engine,
    hundredths,
    moment,
    number,
    tenth_percent,
    whole_percent,
)
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
        "items": _("Tariff lines"),
        "added": _("Keywords written"),
        "approved": _("Keywords that went live"),
        "events": _("Events read"),
        "considered": _("Words of lines considered"),
        "proposed": _("Keywords proposed"),
        "refreshed": _("With new evidence"),
        "without": _("Lines without keywords"),
        "classified": _("Lines searched"),
        "found": _("With a result"),
        "not_found": _("Without a result"),
        "doubtful": _("Doubtful keywords"),
        "refused": _("Lines without a usable answer"),
        "reused": _("Answers reused"),
        "calls": _("Calls to the model"),
        "input_tokens": _("Tokens asked"),
        "output_tokens": _("Tokens answered"),
        "cost_usd": _("Cost"),
        "queries": _("Judged queries"),
        "S@5": _("Found among the first 5"),
        "MRR@10": _("MRR (1: always first)"),
        "zero_result_rate": _("Without a result"),
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
    if key == "cost_usd":
        return Fact(label, dollars(float(value)))
    if key == "seconds":
        return Fact(label, duration(float(value)))
    shares = {"S@5": whole_percent, "zero_result_rate": tenth_percent, "MRR@10": hundredths}
    if key in shares:
        return Fact(label, shares[key](value))
    if isinstance(value, int | float):
        return Fact(label, number(value))
    if key == "engine":
        return Fact(label, engine(str(value)), tone="plain")
    return Fact(label, str(value), code=key in ("index", "previous"))


def _took(told: dict[str, Any]) -> float | None:
    started, finished = moment(told["started_at"]), moment(told["finished_at"])
    return (finished - started).total_seconds() if started and finished else None


def parameter_facts(run: TaskHistory) -> list[Fact]:
    fields = _fields(run)
    facts = [
        _parameter(key, value, fields.get(key))
        for key, value in run.parameters.items()
        if key not in ("batch", "manifest", "run")  # the page links to them instead
    ]
    facts.append(Fact(_("Queue"), run.queue, code=True))
    facts.append(Fact(_("Started by"), f"{run.initiated_by} ({run.get_source_display()})"))
    return facts


def _fields(run: TaskHistory) -> dict[str, forms.Field]:
    """Those of the launch form, by the names of the parameters."""
    definition = run.definition
    if definition is None or not definition.form:
        return {}
    return import_string(definition.form).base_fields


def _parameter(name: str, value: Any, field: forms.Field | None) -> Fact:
    """As the launch form calls it and its choices."""
    label = str(field.label or name) if field else name
    if isinstance(value, bool):
        return Fact(label, _("yes") if value else _("no"))
    if isinstance(field, forms.ChoiceField):
        choices = dict(cast(Iterable[tuple[str, Any]], field.choices))
        if isinstance(value, str) and value in choices:
            return Fact(label, str(choices[value]))
    return Fact(label, str(value), code=not isinstance(value, int))
