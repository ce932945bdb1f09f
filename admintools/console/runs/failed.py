"""The items that a run could not do."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Max
from django.urls import reverse
from django.utils.http import urlencode

from admintools.jobs.models import TaskHistory
from admintools.jobs.texts import render
from micasillero.catalog.codes import is_leaf

SHOWN = 100
MAY_SEE_LINES = "MiCasillero.view_partidaarancelaria"


@dataclass(frozen=True)
class FailedItem:
    """One item: why it failed, and in how many attempts. ``url`` leads to what it names, "" where
    there is nothing to see."""

    item: str
    code: str
    reason: str
    times: int
    url: str


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
    named = run.lines.exclude(item="").order_by()
    groups = named.values("item").annotate(last=Max("id"), times=Count("id")).order_by("last")
    first = list(groups[: SHOWN + 1])
    if not first:
        return FailedItems([], 0)
    total = groups.count() if len(first) > SHOWN else len(first)
    lines = run.lines.in_bulk([group["last"] for group in first[:SHOWN]])
    linked = user.has_perm(MAY_SEE_LINES)
    rows = []
    for group in first[:SHOWN]:
        line = lines.get(group["last"])
        if line is not None:  # a cleanup may just have deleted it
            reason, url = render(line.text, line.params), _url(line.item) if linked else ""
            item = FailedItem(line.item, line.code, reason, group["times"], url)
            rows.append(item)
    return FailedItems(rows, total)


def _url(item: str) -> str:
    """The tariff line of that code in the admin."""
    if not is_leaf(item):
        return ""
    return f"{reverse('admin:MiCasillero_partidaarancelaria_changelist')}?{urlencode({'q': item})}"
