"""Which Redis servers there are, what each logical database of theirs is for, and how to ask."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import redis
from django.conf import settings

from admintools import redis_server

SCHEMES = ("redis", "rediss")
# A is the broker's, B the caches'; each database may be elsewhere by a URL of its own.
LETTERS = "abcdef"


@dataclass(frozen=True)
class Server:
    """One server. ``name``: a, b …; ``uses``: what each of its databases is for, by number."""

    name: str
    url: str = field(repr=False)
    uses: dict[int, str]

    @property
    def has_broker(self) -> bool:
        return "broker" in self.uses.values()


def servers() -> list[Server]:
    """Each server once, the broker's first. What is no Redis (a cache in memory) is left out."""
    found: dict[tuple[str | None, int], Server] = {}
    for use, url in _places():
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES:
            continue
        address = parts.hostname, parts.port or 6379
        if address not in found:
            found[address] = Server(LETTERS[len(found)], url, {})
        found[address].uses.setdefault(int(parts.path.strip("/") or 0), use)
    return list(found.values())


def _places() -> list[tuple[str, str]]:
    return [
        ("broker", settings.CELERY_BROKER_URL),
        ("results", settings.CELERY_RESULT_BACKEND),
        *((name, _location(cache)) for name, cache in settings.CACHES.items()),
        ("channels", settings.CHANNELS_URL),
    ]


def _location(cache: Mapping[str, Any]) -> str:
    """A cache may have its server as a text or, as ours do, as a list of one."""
    location = cache.get("LOCATION", "")
    return location if isinstance(location, str) else next(iter(location), "")


@functools.cache
def client(url: str) -> redis.Redis:
    """A client that gives up within about two seconds: somebody waits for the page."""
    return redis_server.client(url, socket_connect_timeout=1, socket_timeout=1)
