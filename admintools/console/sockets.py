"""The console's sockets. Each message is the whole state of one run, as task-status tells it; what
the page of the alerts is told stands in alerts.consumer.

Close codes: 4401 not logged in (or no longer), 4403 not allowed (or no longer), 4404 no such run,
1013 a server behind us is away, try again. A refused socket is accepted first and then closed at
once, unjoined: a browser never sees the code of a refused handshake, only 1006.

The client may send ``{"type": "ping"}`` (answered ``{"type": "pong"}``), ``{"type": "snapshot"}``
(the state comes again) and, about one run, ``{"type": "lines", "after": <id>}``: from then on log
lines come too, as ``{"task_id", "lines": [{id, at, time, level, level_text, text}]}``.
``?language=en`` chooses the language of the texts.
"""

from django.urls import path

from .alerts.consumer import AlertsConsumer
from .consumers import AllRunsConsumer, OneRunConsumer

websocket_urlpatterns = [
    path("ws/admin/tasks/", AllRunsConsumer.as_asgi()),
    path("ws/admin/alerts/", AlertsConsumer.as_asgi()),
    path("ws/admin/tasks/<str:task_id>/", OneRunConsumer.as_asgi()),
]
