"""The console's first page."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from admintools.console import health, responses
from admintools.console.permissions import CANCEL_RUN, PAUSE_QUEUE, console_view
from admintools.console.quality.figures import measured
from admintools.jobs import queues
from admintools.jobs.models import TaskHistory
from micasillero.search.status import index_status

from .cards import cards
from .headline import headline
from .troubles import troubles

RECENT = 8
MOST_ACTIVE = 50
DISPATCHER_SILENT_AFTER = timedelta(seconds=20)


@console_view("GET")
def home(request: HttpRequest) -> HttpResponse:
    index = index_status()
    broker, beat, facts = health.broker(), queues.dispatcher_beat(), queues.queue_facts()
    active = list(TaskHistory.objects.active().order_by("id")[:MOST_ACTIVE])
    shown = [responses.run_object(run) for run in active]
    recent = TaskHistory.objects.finished().order_by("-id")[:RECENT]
    paused = [q for q in facts if q.paused]
    dispatcher_ok = bool(beat and timezone.now() - beat < DISPATCHER_SILENT_AFTER)
    context = {
        "title": _("Search console"),
        "headline": headline(
            index,
            rebuilding=any(r.job == "rebuild_index" for r in active),
            troubles=troubles(
                broker=broker, dispatcher_ok=dispatcher_ok, queues=facts, active=shown
            ),
            quality=measured(index.engine),
        ),
        "index": index,
        "broker": broker,
        "dispatcher_ok": dispatcher_ok,
        "dispatcher_beat": beat,
        "queues": facts,
        "unserved": [q for q in facts if not q.served],
        "paused": paused,
        "troubled": not (index.sound and broker.ok and not broker.degraded and dispatcher_ok)
        or any(not q.served or q.paused for q in facts),
        "cards": cards(request.user),
        "active": shown,
        "recent": [responses.run_object(run) for run in recent],
        "may_cancel": request.user.has_perm(CANCEL_RUN),
        "may_pause": request.user.has_perm(PAUSE_QUEUE),
        "may_roll_back": request.user.has_perm("admintools.launch_rollback_index"),
    }
    return responses.page(request, "console/home/home.html", context)
