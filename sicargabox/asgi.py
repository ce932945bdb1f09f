"""HTTP and WebSocket. Nesting matters: proxy first, then origin, then cookies, then route."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sicargabox.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from channels.sessions import CookieMiddleware  # noqa: E402
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
            # Not SessionMiddlewareStack: it looks at every message that is sent for a session to
            # save, an eighth of the time that one takes, and the sockets only read theirs.
            "websocket": AllowedHostsOriginValidator(
                CookieMiddleware(URLRouter(websocket_urlpatterns))
            ),
        }
    ),
    trusted_hosts=settings.TRUSTED_PROXIES,
)
