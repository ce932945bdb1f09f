"""The figures of a day as its page shows them, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console.fact import Fact
from admintools.console.formatting import number, tenth_percent, whole_percent
from admintools.jobs.models import Status
from micasillero.compliance.models import Severity
from micasillero.events.models import EventType
from micasillero.events.summary import Asked, DaySummary
from micasillero.quality.asked import folded
from micasillero.quality.models import AskedQuery


@dataclass(frozen=True)
class RunState:
    """How many runs are in a state, and where the history lists them."""

    label: str
    count: int
    url: str
    tone: str


@dataclass(frozen=True)
class Missed:
    """A query without a result. ``waits``: its row among the queries to judge, if it has one."""

    text: str
    times: int
    people: int
    waits: AskedQuery | None


def facts(events: DaySummary) -> list[Fact]:
    """The events of each type, and two shares of the searches."""
    types, searches = events["types"], events["types"][EventType.SEARCH]
    missed = tenth_percent(events["missed"] / searches) if searches else ""
    chosen = whole_percent(events["chosen"] / events["asked"]) if events["asked"] else "-"
    return [
        Fact(_("Searches"), number(searches)),
        Fact(_("Without a result"), number(events["missed"]), missed),
        Fact(_("Searches with a choice"), chosen),
        Fact(_("Lists shown"), number(types[EventType.IMPRESSION])),
        Fact(_("Lines chosen"), number(types[EventType.SELECTION])),
        Fact(_("Declarations"), number(types[EventType.DECLARATION])),
    ]


def alerts(raised: Sequence[Sequence[int]]) -> list[Fact]:
    """How many of each severity, the worst first, and how many of them nobody has looked at."""
    told = {severity: (count, left) for severity, count, left in raised}
    return [_alerts(severity, *told.get(severity, (0, 0))) for severity in reversed(Severity)]


def _alerts(severity: Severity, count: int, left: int) -> Fact:
    waiting = ngettext("%(n)s is open", "%(n)s are open", left) % {"n": number(left)}
    return Fact(str(severity.label), number(count), waiting if left else "")


def run_states(runs: dict[str, int], day: date, *, today: bool) -> list[RunState]:
    """What waits and runs only where the day is today: nobody keeps what was so then."""
    of_day = {"since": str(day), "until": str(day)}
    now = [
        _state(_("Waiting"), runs, (Status.PENDING, Status.RETRY), state="waiting"),
        _state(_("Running"), runs, (Status.STARTED, Status.PROGRESS), state="running"),
    ]
    ended = [
        _state(_("Succeeded"), runs, (Status.SUCCESS,), state="done", **of_day),
        _state(_("Failed"), runs, (Status.FAILURE,), "err", state="failed", **of_day),
        _state(_("Cancelled"), runs, (Status.REVOKED,), state="cancelled", **of_day),
    ]
    return now + ended if today else ended


def _state(
    label: str, runs: dict[str, int], statuses: Sequence[str], tone: str = "", **asked: str
) -> RunState:
    count = sum(runs.get(status, 0) for status in statuses)
    url = f"{reverse('admin:console_tasks')}?{urlencode(asked)}"
    return RunState(label, count, url, tone if count else "")


def missed(asked: Sequence[Asked]) -> list[Missed]:
    """The queries without a result, each with its row among those that wait for a judgment."""
    keys = [folded(row["query"]) for row in asked]
    waiting: Any = AskedQuery.objects.unanswered().in_bulk(keys, field_name="folded")
    return [
        Missed(row["query"], row["times"], row["people"], waiting.get(key))
        for row, key in zip(asked, keys, strict=True)
    ]
