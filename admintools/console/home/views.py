"""The console's first page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from admintools.console import health, responses
from admintools.console.alerts import counts as alert_counts
from admintools.console.listed import listed
from admintools.console.permissions import (
    CANCEL_RUN,
    PAUSE_QUEUE,
    VIEW_SYSTEM,
    console_view,
    may_add_words,
)
from admintools.console.quality.figures import measured
from admintools.jobs import queues
from admintools.jobs.models import TaskHistory
from admintools.jobs.registry import registry
from admintools.watch import messages
from micasillero.search.models import LastChange
from micasillero.search.status import index_status

from .cards import cards
from .headline import headline
from .processes import processes
from .troubles import troubles
from .words import dead_letters, missed_today, to_decide

RECENT = 8
MOST_ACTIVE = 50


@console_view("GET")
def home(request: HttpRequest) -> HttpResponse:
    active = list(TaskHistory.objects.active().order_by("id")[:MOST_ACTIVE])
    shown = [responses.run_object(run) for run in active]
    # What runs by itself many times a day would leave no room for the others.
    background = [job.slug for job in registry if job.background]
    recent = TaskHistory.objects.finished().worth_a_look(background).order_by("-id")[:RECENT]
    user = request.user
    context = {
        "title": _("Search console"),
        **_state(shown),
        "cards": cards(user),
        "active": shown,
        "recent": [listed(run) for run in recent],
        "missed": missed_today(),
        "to_decide": to_decide(user),
        "dead": dead_letters(user),
        "alerts": alert_counts.told(),
        "may_add_words": may_add_words(user),
        "may_cancel": user.has_perm(CANCEL_RUN),
        "may_pause": user.has_perm(PAUSE_QUEUE),
        "may_see_system": user.has_perm(VIEW_SYSTEM),
        "may_roll_back": user.has_perm("admintools.launch_rollback_index"),
    }
    return responses.page(request, "console/home/home.html", context)


def _state(active: list[dict[str, Any]]) -> dict[str, Any]:
    """How everything is, in a sentence and in its details. ``active`` are run objects."""
    index, broker, applied_at = index_status(), health.broker(), LastChange.when()
    alive, facts = processes(), queues.queue_facts()
    silent = {process.name for process in alive if process.missed}
    well = index.sound and broker.ok and not broker.degraded and not silent
    return {
        "headline": headline(
            index,
            rebuilding=any(run["job"] == "rebuild_index" for run in active),
            troubles=troubles(
                broker=broker,
                silent=silent,
                index=index,
                queues=facts,
                active=active,
                messages=_messages() if broker.ok else {},
            ),
            quality=measured(index.engine),
            applied_at=applied_at,
        ),
        "index": index,
        "applied_at": applied_at,
        "broker": broker,
        "processes": alive,
        "queues": facts,
        "unserved": [q for q in facts if not q.served],
        "paused": [q for q in facts if q.paused],
        "troubled": not well or any(not q.served or q.paused for q in facts),
    }


def _messages() -> dict[str, int]:
    return {waiting.queue: waiting.total for waiting in messages.waiting() or ()}
