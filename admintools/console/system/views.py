"""What runs where, now: Redis, the queues, the workers."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from admintools.console import responses
from admintools.console.permissions import PAUSE_QUEUE, VIEW_SYSTEM, console_view
from admintools.watch.servers import servers
from admintools.watch.workers import workers

from . import queues, redis


@console_view("GET", permission=VIEW_SYSTEM)
def system(request: HttpRequest) -> HttpResponse:
    panels = [redis.panel(server) for server in servers()]
    # Of a broker that has just not answered nothing more is asked.
    answers = all(panel.reading for panel in panels if panel.server.has_broker)
    context = {
        "title": _("System"),
        "at": timezone.now(),
        "panels": panels,
        "queues": queues.rows(ask=answers),
        "delivered": queues.delivered() if answers else None,
        "workers": workers(),
        "may_pause": request.user.has_perm(PAUSE_QUEUE),
    }
    return responses.page(request, "console/system/page.html", context)
