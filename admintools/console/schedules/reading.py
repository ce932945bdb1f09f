"""What a schedule launches. Staff write its arguments by hand, so that anything may be in them."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django_celery_beat.models import PeriodicTask

from admintools.jobs.registry import JobDefinition, registry

TAKES = ("job", "parameters")


@dataclass(frozen=True)
class Plan:
    """The job and its parameters, or in ``fault`` a sentence on why it can launch nothing."""

    definition: JobDefinition | None = None
    parameters: dict[str, Any] | None = None
    fault: str = ""


def plan_of(schedule: PeriodicTask) -> Plan:
    """Bind the schedule's arguments as the launcher task would."""
    try:
        positional, named = json.loads(schedule.args or "[]"), json.loads(schedule.kwargs or "{}")
    except (ValueError, RecursionError):
        return Plan(fault=_("Its arguments are not valid JSON. Edit the schedule."))
    if not isinstance(positional, list) or not isinstance(named, dict):
        return Plan(fault=_("Its arguments must be a JSON list and a JSON object. Edit them."))
    bound = {**dict(zip(TAKES, positional, strict=False)), **named}
    if len(positional) + len(named) != len(bound) or not set(bound) <= set(TAKES):
        takes = ", ".join(TAKES)
        return Plan(
            fault=_("Its arguments are not the ones expected (%(names)s).") % {"names": takes}
        )
    parameters = bound.get("parameters") or {}
    if not isinstance(parameters, dict):
        return Plan(fault=_("Its “parameters” must be a JSON object. Edit the schedule."))
    if "job" not in bound:
        return Plan(fault=_("It names no job. Edit the schedule."))
    definition = registry.find(bound["job"]) if isinstance(bound["job"], str) else None
    if definition is None:
        told = {"job": str(bound["job"])[:60]}
        return Plan(fault=_("There is no job called “%(job)s”. Edit the schedule.") % told)
    return Plan(definition, parameters)
