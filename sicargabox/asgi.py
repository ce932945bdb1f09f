"""HTTP and WebSocket. Nesting matters: proxy first, then origin, then session, then route."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sicargabox.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from channels.sessions import SessionMiddlewareStack  # noqa: E402
from django.conf import settings  # noqa: E402
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware  # noqa: E402

from admintools.console.sockets import websocket_urlpatterns  # noqa: E402
from sicargabox.threads import ThreadedHandler  # noqa: E402

# Here and not by uvicorn's options: those believe 127.0.0.1 unasked and take a misspelt address
# for a name, and every way of starting the site would have to repeat the list.
application = ProxyHeadersMiddleware(
    ProtocolTypeRouter(
        {
            "http": ThreadedHandler(),
            "websocket": AllowedHostsOriginValidator(
                SessionMiddlewareStack(URLRouter(websocket_urlpatterns))
            ),
        }
    ),
    trusted_hosts=settings.TRUSTED_PROXIES,
)
