"""The processes of which one must live, and which of them are missed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from admintools.jobs import parts, schedules
from admintools.notify.models import Subscription
from admintools.watch import facts

LABELS = {
    "dispatch": _("Dispatcher"),
    "sync_index": _("Index upkeep"),
    "notify": _("Notifications"),
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
    """One query, and one more for each that is silent and may do so."""
    return [_of(fact) for fact in facts.processes(timezone.now())]


def _is_needed(name: str) -> bool:
    """Nobody misses beat where no schedule is on, nor notify where nobody wants to hear."""
    if name == "beat":
        return schedules.any_enabled()
    return name != "notify" or Subscription.objects.on().exists()


def _of(fact: facts.ProcessFact) -> Process:
    return Process(
        name=fact.name,
        label=LABELS[fact.name],
        last=fact.last,
        silent=fact.silent,
        missed=fact.silent and _is_needed(fact.name),
        starts_with=parts.starts(fact.name),
    )
