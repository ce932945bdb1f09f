"""What a person decides about single keywords, and takes back.

A row changes only if it still is as the person saw it: of two people who decide the same one the
second is told, and nothing is overwritten. Rows, marks for the index and log entries are written
in one transaction, in a few statements however many the rows are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Keyword, Status
from .querysets import KeywordQuerySet

# Rows of one statement.
PART = 500


@dataclass(frozen=True)
class Decision:
    """The keywords as they are now, each with its ``decided_by``: ``done`` were changed,
    ``refused`` were not, because they are no longer as this decision supposes. One that is gone is
    in neither."""

    done: list[Keyword]
    refused: list[Keyword]


def decide(ids: Iterable[int], status: Status, by: Any, *, again: bool = False) -> Decision:
    """Give these keywords that status, in the name of a person.

    Only those that await a decision; with ``again`` also those that have one, but the same.
    """
    if again:
        chosen = Keyword.objects.exclude(status=status, decided_at__isnull=False)
    else:
        chosen = Keyword.objects.awaiting()
    values = {
        "previous_status": F("status"),
        "previous_decided_by": F("decided_by"),
        "previous_decided_at": F("decided_at"),
        "status": status,
        "decided_by": by,
        "decided_at": timezone.now(),
    }
    return _change(ids, chosen, values, by, str(status.label))


def undo(ids: Iterable[int], by: Any) -> Decision:
    """Take back this person's last decision about these keywords: each is as it was before."""
    chosen = Keyword.objects.filter(decided_by=by).exclude(previous_status="")
    values = {
        "status": F("previous_status"),
        "decided_by": F("previous_decided_by"),
        "decided_at": F("previous_decided_at"),
        "previous_status": "",
        "previous_decided_by": None,
        "previous_decided_at": None,
    }
    return _change(ids, chosen, values, by, _("Decision undone"))


def _change(
    ids: Iterable[int],
    chosen: KeywordQuerySet,
    values: Mapping[str, Any],
    by: Any,
    sentence: str,
) -> Decision:
    asked = list(dict.fromkeys(ids))
    done: list[Keyword] = []
    refused: list[Keyword] = []
    with transaction.atomic():
        for start in range(0, len(asked), PART):
            part = asked[start : start + PART]
            # Whoever comes second waits here, and then no longer finds the row as it was.
            rows = chosen.filter(pk__in=part).order_by("pk").select_for_update()
            taken = set(rows.values_list("pk", flat=True))
            Keyword.objects.filter(pk__in=taken).update(**values)
            now = Keyword.objects.select_related("partida", "decided_by").in_bulk(part)
            done += [now[pk] for pk in part if pk in taken]
            refused += [now[pk] for pk in part if pk in now and pk not in taken]
        if done:
            LogEntry.objects.log_actions(by.pk, done, CHANGE, change_message=sentence)
    return Decision(done, refused)
