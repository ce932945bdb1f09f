"""What people do with alerts: take them in hand, close them, open them again.

An alert changes only if it still is as the person saw it: of two people who handle the same one the
second is told, and nothing is overwritten. Alerts and log entries are written in one transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Alert, AlertState


class Action(models.TextChoices):
    """What a person may do with an alert."""

    ACKNOWLEDGE = "acknowledge", _("Acknowledge")
    CLOSE = "close", _("Close")
    REOPEN = "reopen", _("Open again")


# From which states an action leads where.
WAYS = {
    Action.ACKNOWLEDGE: ((AlertState.OPEN,), AlertState.ACKNOWLEDGED),
    Action.CLOSE: ((AlertState.OPEN, AlertState.ACKNOWLEDGED), AlertState.CLOSED),
    Action.REOPEN: ((AlertState.ACKNOWLEDGED, AlertState.CLOSED), AlertState.OPEN),
}


@dataclass(frozen=True)
class Handled:
    """The alerts as they are now: ``done`` were changed, ``refused`` were not, because somebody
    else was first. One that is gone is in neither."""

    done: list[Alert]
    refused: list[Alert]


def handle(ids: Iterable[int], action: Action, by: Any, note: str = "") -> Handled:
    """Bring these alerts to the state that the action leads to, in the name of a person.

    A ``note`` takes the place of the one before; "" leaves it.
    """
    asked = list(dict.fromkeys(ids))
    sources, target = WAYS[action]
    values = _values(action, by) | {"state": target}
    if note:
        values["note"] = note
    with transaction.atomic():
        # Whoever comes second waits here, and then no longer finds the alert as it was.
        rows = Alert.objects.filter(pk__in=asked, state__in=sources).order_by("pk")
        taken = set(rows.select_for_update().values_list("pk", flat=True))
        Alert.objects.filter(pk__in=taken).update(**values)
        now = Alert.objects.select_related("rule", "acknowledged_by", "closed_by").in_bulk(asked)
        done = [now[pk] for pk in asked if pk in taken]
        if done:
            sentence = f"{target.label}. {note}".strip()
            LogEntry.objects.log_actions(by.pk, done, CHANGE, change_message=sentence)
    return Handled(done, [now[pk] for pk in asked if pk in now and pk not in taken])


def _values(action: Action, by: Any) -> dict[str, Any]:
    """Who and when, of the state that an action leads to."""
    nobody = {"closed_by": None, "closed_at": None}
    if action == Action.CLOSE:
        return {"closed_by": by, "closed_at": timezone.now()}
    if action == Action.ACKNOWLEDGE:
        return {"acknowledged_by": by, "acknowledged_at": timezone.now()}
    return nobody | {"acknowledged_by": None, "acknowledged_at": None}
