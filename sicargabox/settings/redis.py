"""Where Redis is: server A (broker, results), server B (caches, channels).

Server A must not evict (a cache that fills up would throw queued runs away: 300 of 300 in the
trial), server B may. In development one server is both. Each may be a primary that sentinels watch:
admintools.redis_server. Redis Cluster is none of the ways: Celery does not know it.
"""

from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

from admintools import redis_server

from .django import VAR_DIR
from .environment import env

REDIS_SCHEMES = ("redis", "rediss")
# Written by `manage.py up` while its embedded broker runs, so that a second terminal finds it.
EMBEDDED_BROKER_FILE = VAR_DIR / "broker.url"


def _embedded() -> str:
    try:
        return EMBEDDED_BROKER_FILE.read_text(encoding="ascii").strip()
    except OSError:
        return "redis://127.0.0.1:6379"


def _database(url: str, number: int) -> str:
    """The same server, another logical database."""
    return _verified(urlunsplit(urlsplit(url)._replace(path=f"/{number}")))


def _verified(url: str) -> str:
    """Over TLS the certificate is verified unless the URL says otherwise; Celery refuses a URL
    that leaves it open."""
    parts = urlsplit(url)
    if parts.scheme != "rediss" or "ssl_cert_reqs=" in parts.query:
        return url
    query = "&".join(filter(None, (parts.query, "ssl_cert_reqs=required")))
    return urlunsplit(parts._replace(query=query))


def _url(name: str, server: str, number: int) -> str:
    """One database's URL: its own variable, else the given number on the server."""
    return _followed(name, _verified(env.url(name, _database(server, number), REDIS_SCHEMES)))


def _server(name: str, default: str) -> str:
    return _followed(name, env.server(name, default, REDIS_SCHEMES))


def _followed(name: str, url: str) -> str:
    """The URL, where what it says of sentinels can be followed."""
    try:
        redis_server.watched(url)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}.") from None
    return url


REDIS_URL = _server("REDIS_URL", _embedded())
REDIS_CACHE_URL = _server("REDIS_CACHE_URL", REDIS_URL)

CELERY_BROKER_URL = _url("CELERY_BROKER_URL", REDIS_URL, 0)
CELERY_RESULT_BACKEND = _url("CELERY_RESULT_BACKEND", REDIS_URL, 1)


def _cache(url: str) -> dict:
    """JSON, compressed: Django's own Redis cache pickles, and a pickle is code."""
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        # A list of one: a text would be cut at each comma.
        "LOCATION": [url],
        "OPTIONS": {
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
            "COMPRESSOR": "django_redis.compressors.lz4.Lz4Compressor",
            "CONNECTION_FACTORY": "admintools.redis_server.CacheConnections",
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 2,
            # A cache that is away must not take a page down with it.
            "IGNORE_EXCEPTIONS": True,
        },
    }


CACHES = {
    "default": _cache(_url("CACHE_URL", REDIS_CACHE_URL, 2)),
    "permissions": _cache(_url("CACHE_PERMISSIONS_URL", REDIS_CACHE_URL, 3)),
    "api_responses": _cache(_url("CACHE_API_RESPONSES_URL", REDIS_CACHE_URL, 4)),
}

# The pub/sub layer: it resubscribes by itself after a restart; the core layer closed every socket
# and dropped 65 % of a burst in the trial.
CHANNELS_URL = _url("CHANNELS_URL", REDIS_CACHE_URL, 5)
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "admintools.jobs.channel.PubSubLayer",
        "CONFIG": {"hosts": [CHANNELS_URL], "prefix": "sicargabox"},
    }
}
