"""Celery's broker and results where sentinels tell which server is the primary.

Celery can do so by itself, but wants each sentinel as a URL with the server's password, and shows
these to everybody who asks a worker for its statistics. Here the URL names the primary alone, and
who the sentinels are is read from the settings.
"""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import redis
from celery.app import backends
from celery.backends.redis import RedisBackend
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport.redis import SentinelChannel, SentinelTransport

from admintools import redis_server

TRANSPORT_ALIASES["sentinel"] = f"{__name__}:PrimaryTransport"
# Where a server is, not how to speak to it: the sentinels know better.
PLACE = ("host", "port")


def broker_url() -> str:
    """The broker's URL as Celery takes it."""
    url = settings.CELERY_BROKER_URL
    if not redis_server.watched(url):
        return url
    return urlunsplit(urlsplit(redis_server.plain(url))._replace(scheme="sentinel"))


class PrimaryChannel(SentinelChannel):
    """Speaks to the broker's primary."""

    connection_class = redis_server.PrimaryConnection
    connection_class_ssl = redis_server.EncryptedPrimaryConnection  # type: ignore[assignment]

    def _sentinel_managed_pool(self, asynchronous: bool = False) -> redis.ConnectionPool:
        options = _placeless(self._connparams(asynchronous))
        pool = redis_server.pool(settings.CELERY_BROKER_URL, **options)
        # Where kombu looks for what it has to close.
        name = "_async_sentinel_manager" if asynchronous else "_sentinel_manager"
        setattr(self, name, pool.sentinel_manager)  # type: ignore[attr-defined]
        return pool


class PrimaryTransport(SentinelTransport):
    Channel = PrimaryChannel
    # Shown beside the primary's name, and no more: the sentinels know the port.
    default_port = 6379


class PrimaryResults(RedisBackend):
    """Keeps results on their primary."""

    def _get_pool(self, **params: Any) -> redis.ConnectionPool:
        params.pop("connection_class", None)
        return redis_server.pool(settings.CELERY_RESULT_BACKEND, **_placeless(params))


def results(app: Any, url: str | None = None) -> Any:
    """The result backend of the settings. Called by Celery in place of a class."""
    url = settings.CELERY_RESULT_BACKEND
    if redis_server.watched(url):
        return PrimaryResults(app=app, url=redis_server.plain(url))
    backend, url = backends.by_url(url, app.loader)
    return backend(app=app, url=url)


def _placeless(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name not in PLACE}
