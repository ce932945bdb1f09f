"""System checks of the Redis servers that ask them, run with `check --deploy`."""

from typing import Any
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Warning
from redis.retry import Retry

from admintools import redis_server

from .checks import PRODUCT

# Where each server is named, by the setting an operator would look at.
SERVERS = ("CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", "REDIS_CACHE_URL", "CHANNELS_URL")
# Two of three still agree when one is gone; of two, none.
ENOUGH_SENTINELS = 3


@checks.register(PRODUCT, deploy=True)
def sentinels_can_fail_over(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E021: sentinels that do not know the primary; W021: too few of them, or no replica.

    Sentinels that cannot be reached say nothing: `/readyz` watches that.
    """
    primaries: dict[redis_server.Watched, str] = {}
    for name in SERVERS:
        if server := redis_server.watched(getattr(settings, name)):
            primaries.setdefault(server, name)
    return [
        message
        for server, name in primaries.items()
        for message in (*_few(name, server), *_unable(name, server))
    ]


@checks.register(PRODUCT, deploy=True)
def no_server_is_a_cluster(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E022: Redis Cluster, which Celery cannot use as a broker."""
    servers: dict[str, str] = {}
    for name in SERVERS:
        servers.setdefault(urlsplit(getattr(settings, name)).netloc, name)
    return [
        Error(
            f"The server of {name} is a Redis Cluster.",
            hint="Use a single server, or a primary with replicas and sentinels: docs/runbook.md.",
            id="sicargabox.E022",
        )
        for name in servers.values()
        if _is_cluster(getattr(settings, name))
    ]


def _few(name: str, server: redis_server.Watched) -> list[CheckMessage]:
    if len(server.sentinels) >= ENOUGH_SENTINELS:
        return []
    return [
        Warning(
            f"{name} names {len(server.sentinels)} sentinels, of which one cannot be missed.",
            hint="Run three, on three machines, and name them all.",
            id="sicargabox.W021",
        )
    ]


def _unable(name: str, server: redis_server.Watched) -> list[CheckMessage]:
    known = _known(server)
    if known is None:
        return []
    if server.primary not in known:
        return [
            Error(
                f"The sentinels of {name} watch no primary called {server.primary}.",
                hint=f"They watch: {', '.join(sorted(known)) or 'none'}.",
                id="sicargabox.E021",
            )
        ]
    if known[server.primary]["num-slaves"]:
        return []
    return [
        Warning(
            f"{server.primary} of {name} has no replica: nothing can take its place.",
            hint="Start one, and look at SENTINEL REPLICAS.",
            id="sicargabox.W021",
        )
    ]


def _known(server: redis_server.Watched) -> dict[str, dict[str, Any]] | None:
    """What the first sentinel that answers watches, by name; None when none does."""
    for host, port in server.sentinels:
        try:
            with redis.Redis(host, port, **server.sentinel_options(Retry)) as sentinel:
                return dict(sentinel.sentinel_masters())
        except (redis.RedisError, OSError):
            continue
    return None


def _is_cluster(url: str) -> bool:
    # Of any database but the first a cluster says only that it has none.
    try:
        with redis_server.client(url, socket_timeout=2, socket_connect_timeout=1) as client:
            return client.info("server").get("redis_mode") == "cluster"
    except redis.ResponseError as error:
        return "cluster mode" in str(error)
    except (redis.RedisError, OSError):
        return False
