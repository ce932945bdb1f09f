"""One way to a Redis server, for every part that speaks to one itself.

A URL names the server: ``redis://USER:PASSWORD@HOST:PORT/DATABASE``, ``rediss://`` over TLS. With
``?sentinels=HOST:PORT,HOST:PORT,HOST:PORT`` the host is no machine but the name of a primary: the
sentinels are asked where it is, at every new connection, and so a failover is followed by
connecting again. They are spoken to over TLS where the primary is, with the same authority.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import redis
from django_redis.pool import ConnectionFactory
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.connection import SSLConnection, parse_url
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool, SentinelManagedConnection

SENTINEL_PORT = 26379
# A sentinel answers from memory. One that is away must not hold up who asks: there are others.
SENTINEL_SECONDS = 0.5
# One more try for a connection that has died of old age.
SENTINEL_TRIES = 1
# Who only listens never hears that the other end is gone: the kernel asks it, for 25 seconds.
KEEPALIVE = {
    "socket_keepalive": True,
    "socket_keepalive_options": {
        socket.TCP_KEEPIDLE: 10,
        socket.TCP_KEEPINTVL: 5,
        socket.TCP_KEEPCNT: 3,
    },
}


class PrimaryConnection(SentinelManagedConnection):
    """To whichever server is the primary when it connects.

    An answer that does not come in time ends it, as it ends any other connection of redis-py. Its
    own for sentinels would stay with a server that hangs, and hand its late answer to the next
    command.
    """

    def read_response(self, *args: Any, **options: Any) -> Any:
        return super().read_response(*args, **{"disconnect_on_error": True, **options})


class EncryptedPrimaryConnection(PrimaryConnection, SSLConnection):
    """The same over TLS."""


@dataclass(frozen=True)
class Watched:
    """A primary that sentinels watch. ``options``: what a connection to it needs, ``login``: to a
    sentinel."""

    primary: str
    sentinels: tuple[tuple[str, int], ...]
    options: Mapping[str, Any] = field(repr=False, compare=False)
    login: Mapping[str, Any] = field(repr=False, compare=False)

    def sentinel_options(self, retry: type[Retry] | type[AsyncRetry]) -> dict[str, Any]:
        return {
            **self.login,
            **{key: value for key, value in self.options.items() if key.startswith("ssl")},
            "socket_timeout": SENTINEL_SECONDS,
            "socket_connect_timeout": SENTINEL_SECONDS,
            "retry": retry(NoBackoff(), SENTINEL_TRIES),
        }


def watched(url: str) -> Watched | None:
    """None for a server that stands at a fixed address. Raises ValueError, without the URL, which
    holds a password, when what it says of sentinels cannot be followed."""
    parts = urlsplit(url)
    asked, _rest = _divided(parts.query)
    if not asked:
        return None
    addresses = [word.strip() for word in asked.pop("sentinels", "").split(",") if word.strip()]
    login = {name.removeprefix("sentinel_"): value for name, value in asked.items()}
    if unknown := set(login) - {"username", "password"}:
        raise ValueError(
            f"sentinel_{min(unknown)} is no option of it: there are sentinels, sentinel_username "
            "and sentinel_password"
        )
    if not addresses:
        raise ValueError("write after sentinels= their HOST:PORT, with commas between them")
    # Not parts.hostname, which is in lower case: sentinels tell Primary from primary.
    name = unquote(parts.netloc.rpartition("@")[2])
    if not name or ":" in name:
        raise ValueError(
            "with sentinels its host is the name of a primary, as in redis://:password@primary-a, "
            "and has no port"
        )
    options = parse_url(plain(url))
    del options["host"]
    if options.pop("connection_class", None):
        options["ssl"] = True
    return Watched(name, tuple(_sentinel(address) for address in addresses), options, login)


def plain(url: str) -> str:
    """The URL without its sentinels, for those who must not meet an option that they do not know;
    the host is a name then, and no address."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=_divided(parts.query)[1]))


def pool(url: str, **options: Any) -> redis.ConnectionPool:
    """Connections to the server, or to whichever is the primary. ``options`` are redis-py's."""
    server = watched(url)
    if server is None:
        return redis.ConnectionPool.from_url(url, **options)
    sentinels = Sentinel(server.sentinels, sentinel_kwargs=server.sentinel_options(Retry))
    options = {**options, **server.options}
    encrypted = options.pop("ssl", False)
    options.setdefault(
        "connection_class", EncryptedPrimaryConnection if encrypted else PrimaryConnection
    )
    return SentinelConnectionPool(server.primary, sentinels, **options)


def client(url: str, **options: Any) -> redis.Redis:
    """A client with connections of its own, which end with it."""
    return redis.Redis.from_pool(pool(url, **options))


def channel_host(url: str) -> dict[str, Any]:
    """The server as the channel layer wants it described."""
    server = watched(url)
    if server is None:
        return {"address": url, **KEEPALIVE}
    return {
        "master_name": server.primary,
        "sentinels": list(server.sentinels),
        "sentinel_kwargs": server.sentinel_options(AsyncRetry),
        **server.options,
        **KEEPALIVE,
    }


class CacheConnections(ConnectionFactory):
    """Lets a cache reach its server the same way."""

    def get_connection_pool(self, params: dict[str, Any]) -> redis.ConnectionPool:
        return pool(**params)


def _divided(query: str) -> tuple[dict[str, str], str]:
    """What a URL's query says of sentinels, and the rest of it."""
    pairs = parse_qsl(query, keep_blank_values=True)
    asked = {name: value for name, value in pairs if name.startswith("sentinel")}
    rest = [(name, value) for name, value in pairs if name not in asked]
    return asked, urlencode(rest, safe="/:") if asked else query


def _sentinel(address: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{address}")
        port = SENTINEL_PORT if parts.port is None else parts.port
    except ValueError:
        port = 0
    if not port or not parts.hostname or parts.netloc != address or "@" in address:
        raise ValueError(f"{address!r} is no sentinel: write HOST:PORT, with commas between them")
    return parts.hostname, port
