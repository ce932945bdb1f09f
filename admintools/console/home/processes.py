"""The processes of which one must live, and which of them are missed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from admintools.jobs import parts, schedules
from admintools.watch import facts

LABELS = {
    "dispatch": _("Dispatcher"),
    "sync_index": _("Index upkeep"),
    "beat": _("Schedules"),
}


@dataclass(frozen=True)
class Process:
    """``last``: its last sign of life, None for never. ``missed``: it is silent, and needed."""

    name: str
    label: Any
    last: datetime | None
    silent: bool
    missed: bool
    starts_with: str


def processes() -> list[Process]:
    """One query, and one more where beat is silent."""
    return [_of(fact) for fact in facts.processes(timezone.now())]


def _of(fact: facts.ProcessFact) -> Process:
    return Process(
        name=fact.name,
        label=LABELS[fact.name],
        last=fact.last,
        silent=fact.silent,
        # Nobody misses beat where no schedule is on.
        missed=fact.silent and (fact.name != "beat" or schedules.any_enabled()),
        starts_with=parts.starts(fact.name),
    )
