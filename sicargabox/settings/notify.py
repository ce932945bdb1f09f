"""Notifications: where they may go, how often they are tried, and the mail server. In seconds."""

from urllib.parse import unquote, urlsplit

from .django import ALLOWED_HOSTS
from .environment import env
from .security import HTTPS

# How links in messages begin.
_FIRST_HOST = next((host for host in ALLOWED_HOSTS if host[:1] not in ("*", ".")), "localhost")
SITE_URL = env.url("SITE_URL", f"{'https' if HTTPS else 'http'}://{_FIRST_HOST}", ("http", "https"))

NOTIFY_RETRY_BASE_SECONDS = env.seconds("NOTIFY_RETRY_BASE_SECONDS", 60.0, least=0.01, most=3600)
# What the queue has not sent by then, the process `notify` sends itself.
NOTIFY_TAKEOVER_SECONDS = env.seconds("NOTIFY_TAKEOVER_SECONDS", 30.0, least=0.1)
NOTIFY_ALLOWED_HOSTS = env.hosts("NOTIFY_ALLOWED_HOSTS")
NOTIFY_ALLOW_HTTP = env.flag("NOTIFY_ALLOW_HTTP", False)
NOTIFY_PRIVATE_NETWORKS = env.networks("NOTIFY_PRIVATE_NETWORKS")
# The address is as good as a password.
DEAD_MAN_URL = env.url("DEAD_MAN_URL", "", ("http", "https"))
DEAD_MAN_SECONDS = env.seconds("DEAD_MAN_SECONDS", 60.0, least=1.0)

EMAIL_URL = env.url("EMAIL_URL", "", ("smtp", "smtp+tls", "smtp+ssl"))
EMAIL_PASSWORD = env.secret("EMAIL_PASSWORD")
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", f"sicargabox@{_FIRST_HOST}")
_mail = urlsplit(EMAIL_URL)
# Without a mail server into the log, so that a demo shows what would be sent.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_URL else 'console'}.EmailBackend"
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or {"smtp+tls": 587, "smtp+ssl": 465}.get(_mail.scheme, 25)
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = EMAIL_PASSWORD or unquote(_mail.password or "")
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_USE_SSL = _mail.scheme == "smtp+ssl"
# Of one step; the whole of an attempt has a limit of its own.
EMAIL_TIMEOUT = 10
