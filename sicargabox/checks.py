"""System checks: wrong settings, found by `manage.py check` and not by the first click.

The numbers are stable: SILENCED_SYSTEM_CHECKS may name them. Those that only matter in
production, or that ask a server, run with `check --deploy`.
"""

from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Warning

from admintools import redis_server
from admintools.jobs.models import TaskHistory
from admintools.jobs.registry import Registry, registry

from .settings.environment import Environment, env

PRODUCT = "sicargabox"
EVICTING_HINT = "Set maxmemory-policy noeviction on it: a full cache would throw queued runs away."


@checks.register(PRODUCT)
def jobs_are_complete(
    app_configs: Any, jobs: Registry = registry, **kwargs: Any
) -> list[CheckMessage]:
    """E003: a job without a body; W008: one that nobody but a superuser may launch."""
    codenames = {codename for codename, _ in TaskHistory._meta.permissions}
    found: list[CheckMessage] = [
        Error(
            f"Job {slug}: no task body is registered for it.",
            hint="Import the module of its task in admintools.definitions.",
            id="sicargabox.E003",
        )
        for slug in jobs.bodiless()
    ]
    found += [
        Warning(
            f"Job {job.slug}: the permission {job.permission} does not exist.",
            hint="Add it to TaskHistory.Meta.permissions and make a migration.",
            id="sicargabox.W008",
        )
        for job in jobs
        if job.permission.partition(".")[2] not in codenames
    ]
    return found


@checks.register(PRODUCT)
def channel_layer_fits_the_client(
    app_configs: Any, redis_version: str = redis.__version__, **kwargs: Any
) -> list[CheckMessage]:
    """E002: the core channel layer with redis-py 8, which drops idle sockets after 5 s."""
    backend = settings.CHANNEL_LAYERS.get("default", {}).get("BACKEND", "")
    if "channels_redis.core" not in backend or int(redis_version.split(".")[0]) < 8:
        return []
    return [
        Error(
            f"The core channel layer and redis-py {redis_version} do not work together.",
            hint="Use channels_redis.pubsub.RedisPubSubChannelLayer, or redis-py below 8.",
            id="sicargabox.E002",
        )
    ]


@checks.register(PRODUCT)
def one_driver_for_postgresql(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W002: psycopg 3 beside psycopg2: Django silently takes the one that is not tested here."""
    try:
        version = metadata.version("psycopg")
    except metadata.PackageNotFoundError:
        return []
    return [
        Warning(
            f"psycopg {version} is installed beside psycopg2: Django takes the former.",
            hint="Uninstall psycopg; this product is tested with psycopg2.",
            id="sicargabox.W002",
        )
    ]


@checks.register(PRODUCT)
def lease_outlives_the_heartbeat(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E005: with a lease shorter than two heartbeats, one late beat is taken for a death."""
    if settings.LEASE_SECONDS >= 2 * settings.HEARTBEAT_SECONDS:
        return []
    return [
        Error(
            f"LEASE_SECONDS ({settings.LEASE_SECONDS:g}) is less than twice HEARTBEAT_SECONDS "
            f"({settings.HEARTBEAT_SECONDS:g}).",
            hint="Make the lease longer, or the heartbeat more frequent.",
            id="sicargabox.E005",
        )
    ]


@checks.register(PRODUCT)
def names_are_spelt_right(
    app_configs: Any, environment: Environment = env, **kwargs: Any
) -> list[CheckMessage]:
    """W004: an environment variable that nothing reads and that nearly has one of our names."""
    return [
        Warning(
            f"The environment has {stranger}, which nothing reads.",
            hint=f"Did you mean {meant}? Its default is in force.",
            id="sicargabox.W004",
        )
        for stranger, meant in environment.likely_typos().items()
    ]


@checks.register(PRODUCT, deploy=True)
def secrets_are_shared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W003: a key that each machine makes for itself logs people out and breaks signatures."""
    if settings.SECRET_KEY_FROM_ENVIRONMENT:
        return []
    return [
        Warning(
            "SECRET_KEY is not set: this host uses a key of its own from VAR_DIR.",
            hint="Set SECRET_KEY or SECRET_KEY_FILE, the same on every machine.",
            id="sicargabox.W003",
        )
    ]


@checks.register(PRODUCT, deploy=True)
def stores_are_for_production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W005, W006: SQLite and the embedded engine serve one host only."""
    found: list[CheckMessage] = []
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        found.append(
            Warning(
                "The database is SQLite, which is for a demo or a single host.",
                hint="Set DATABASE_URL to a PostgreSQL database.",
                id="sicargabox.W005",
            )
        )
    if settings.SEARCH_ENGINE == "tantivy":
        found.append(
            Warning(
                "The search engine is the embedded tantivy, which is for a single host.",
                hint="Set ELASTICSEARCH_URL.",
                id="sicargabox.W006",
            )
        )
    return found


@checks.register(PRODUCT, deploy=True)
def sockets_check_the_origin(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W007: with any host allowed, any web page may open a socket with a visitor's session."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        Warning(
            "ALLOWED_HOSTS holds *: sockets accept every origin.",
            hint="Write down the names under which the site is reached.",
            id="sicargabox.W007",
        )
    ]


@checks.register(PRODUCT, deploy=True)
def somebody_says_that_it_is_https(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W009: behind a proxy that is not trusted, every page redirects to itself for ever."""
    if not settings.HTTPS or settings.TRUSTED_PROXIES or settings.TRUST_FORWARDED_PROTO:
        return []
    return [
        Warning(
            "HTTPS is True, and no proxy's X-Forwarded-Proto is believed.",
            hint="Set TRUSTED_PROXIES; silence this where the web server itself has the key.",
            id="sicargabox.W009",
        )
    ]


@checks.register(PRODUCT, deploy=True)
def the_broker_keeps_what_it_takes(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E001: a broker that may evict; W001: a broker that shares its server with the cache.

    A broker that cannot be reached says nothing about its policy: `/readyz` watches that.
    """
    found: list[CheckMessage] = []
    for name, url in _servers_of_runs().items():
        policy = _eviction_policy(url)
        if policy not in (None, "noeviction"):
            found.append(
                Error(
                    f"The server of {name} may evict: its maxmemory-policy is {policy}.",
                    hint=EVICTING_HINT,
                    id="sicargabox.E001",
                )
            )
    if _address(settings.CELERY_BROKER_URL) == _address(settings.REDIS_CACHE_URL):
        found.append(
            Warning(
                "Broker and cache share one server.",
                hint="Give the cache a server of its own (REDIS_CACHE_URL), which may evict.",
                id="sicargabox.W001",
            )
        )
    return found


def _servers_of_runs() -> dict[str, str]:
    """The servers that must not evict, each once, by the first variable that names it."""
    servers: dict[tuple[str | None, int], tuple[str, str]] = {}
    for name in ("CELERY_BROKER_URL", "CELERY_RESULT_BACKEND"):
        url = getattr(settings, name)
        servers.setdefault(_address(url), (name, url))
    return dict(servers.values())


def _address(url: str) -> tuple[str | None, int]:
    parts = urlsplit(url)
    return parts.hostname, parts.port or 6379


def _eviction_policy(url: str) -> str | None:
    """None when the server cannot be asked, or will not say (hosted ones forbid CONFIG)."""
    options = {"socket_timeout": 2, "socket_connect_timeout": 1, "decode_responses": True}
    try:
        with redis_server.client(url, **options) as client:
            return str(client.info("memory").get("maxmemory_policy") or "") or None
    except (redis.RedisError, OSError, ValueError):
        return None
