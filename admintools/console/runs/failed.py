"""The items that a run could not do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Max, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from admintools.console.formatting import clock
from admintools.console.spreadsheet import BOM, line
from admintools.jobs.models import Status, TaskHistory
from admintools.jobs.texts import render
from micasillero.catalog.codes import is_leaf

SHOWN = AT_ONCE = 100
MAY_SEE_LINES = "MiCasillero.view_partidaarancelaria"


@dataclass(frozen=True)
class Situation:
    """What becomes of an item, in words; ``tone`` and ``icon`` as those of a badge."""

    text: str
    tone: str
    icon: str


@dataclass(frozen=True)
class FailedItem:
    """One item: why it failed, and in how many attempts. ``url`` leads to what it names, "" where
    there is nothing to see."""

    item: str
    code: str
    reason: str
    times: int
    situation: Situation
    url: str = ""


@dataclass(frozen=True)
class FailedItems:
    """The first of them, and how many there are."""

    rows: list[FailedItem]
    total: int

    @property
    def repeated(self) -> bool:
        return any(row.times > 1 for row in self.rows)


def failed_items(run: TaskHistory, user: User | AnonymousUser) -> FailedItems:
    """In the order in which they failed last, each once."""
    groups = _groups(run)
    first = list(groups[: SHOWN + 1])
    if not first:
        return FailedItems([], 0)
    total = groups.count() if len(first) > SHOWN else len(first)
    return FailedItems(_items(run, first[:SHOWN], user.has_perm(MAY_SEE_LINES)), total)


def pieces_of_csv(run: TaskHistory) -> Iterator[str]:
    """All of them as lines of a CSV file that no spreadsheet executes."""
    yield BOM + line([_("Item"), _("Error code"), _("Reason"), _("Times"), _("Situation")])
    groups = list(_groups(run))
    for start in range(0, len(groups), AT_ONCE):
        items = _items(run, groups[start : start + AT_ONCE], linked=False)
        yield "".join(line([i.item, i.code, i.reason, i.times, i.situation.text]) for i in items)


def _groups(run: TaskHistory) -> QuerySet[Any, Any]:
    named = run.lines.exclude(item="").order_by()
    return named.values("item").annotate(last=Max("id"), times=Count("id")).order_by("last")


def _items(run: TaskHistory, groups: Sequence[dict[str, Any]], linked: bool) -> list[FailedItem]:
    lines = run.lines.in_bulk([group["last"] for group in groups])
    newest = run.attempts.first()
    begun = newest.started_at if newest else None
    items = []
    for group in groups:
        last = lines.get(group["last"])
        if last is not None:  # a cleanup may just have deleted it
            reason, url = render(last.text, last.params), _url(last.item) if linked else ""
            situation = _situation(run, failed_now=begun is None or last.at >= begun)
            item = FailedItem(last.item, last.code, reason, group["times"], situation, url)
            items.append(item)
    return items


def _situation(run: TaskHistory, *, failed_now: bool) -> Situation:
    """``failed_now`` tells whether it failed in the newest attempt too."""
    if run.status == Status.RETRY:
        at = _("Tried again at %(time)s") % {"time": clock(run.next_attempt_at)}
        return Situation(at, "warn", "clock")
    if failed_now or run.status in (Status.FAILURE, Status.REVOKED):
        text = _("Left out") if run.status == Status.SUCCESS else _("Pending")
        return Situation(text, "err", "err")
    if run.status == Status.SUCCESS:
        return Situation(_("Solved"), "ok", "ok")
    return Situation(_("Being tried again"), "warn", "clock")


def _url(item: str) -> str:
    """The tariff line of that code in the admin."""
    if not is_leaf(item):
        return ""
    return f"{reverse('admin:MiCasillero_partidaarancelaria_changelist')}?{urlencode({'q': item})}"
