"""How often may one client ask?

Counted in Redis for all web processes together. While Redis is away each process counts for itself:
the API goes on answering, and still nobody may ask without end.
"""

import ipaddress
import logging
import math
import time
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from admintools import redis_server

logger = logging.getLogger(__name__)

# One subscriber has a whole network of IPv6 and could take another address for each request.
IPV6_NETWORK = 64
TIMEOUT_SECONDS = 0.5
# A Redis that did not answer is left alone for so long: each try may cost the time-out.
LEFT_ALONE_SECONDS = 10.0


def seconds_to_wait(address: str) -> int:
    """Count one search of the client at that address: 0 when it may go on, else the whole seconds
    after which it may ask again."""
    return _wait(settings.API_SEARCHES_PER_MINUTE, _client(address))


def seconds_until_events_of(name: str) -> int:
    """The same for a request with events of the client of that name."""
    return _wait(settings.API_EVENT_REQUESTS_PER_CLIENT, f"client:{name}")


def seconds_until_events_from(address: str) -> int:
    """The same for one that comes from that address, whoever's it is."""
    return _wait(settings.API_EVENT_REQUESTS_PER_ADDRESS, f"address:{_client(address)}")


def _wait(most: int, who: str) -> int:
    return _limits().count(RateLimitItemPerMinute(most), who) if most else 0


def redis_is_away() -> bool:
    """True for a while after a count found no Redis: nobody else should wait for it either."""
    return _limits().alone


class Limits:
    """The counts in the storage at ``url``, and this process's own while that is away."""

    def __init__(self, url: str) -> None:
        self._shared = MovingWindowRateLimiter(
            storage_from_string(url, wrap_exceptions=True, **_connections(url))
        )
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._alone_until = 0.0

    @property
    def alone(self) -> bool:
        """The shared storage did not answer a moment ago."""
        return time.monotonic() < self._alone_until

    def count(self, limit: RateLimitItem, client: str) -> int:
        """As ``seconds_to_wait``."""
        if not self.alone:
            try:
                return _count(self._shared, limit, client)
            except StorageError as fault:
                self._alone_until = time.monotonic() + LEFT_ALONE_SECONDS
                logger.warning("each process counts the API's requests for itself: %s", fault)
        return _count(self._own, limit, client)


def _connections(url: str) -> dict[str, Any]:
    """How the storage connects; one in this process's memory does not."""
    if not url.startswith("redis"):
        return {}
    timeouts = {"socket_connect_timeout": TIMEOUT_SECONDS, "socket_timeout": TIMEOUT_SECONDS}
    return {"connection_pool": redis_server.pool(url, **timeouts)}


def _count(counts: MovingWindowRateLimiter, limit: RateLimitItem, client: str) -> int:
    if counts.hit(limit, client):
        return 0
    return max(1, math.ceil(counts.get_window_stats(limit, client).reset_time - time.time()))


def _client(address: str) -> str:
    """Who is counted, by a word that does not tell the address. ``address`` is the client's own,
    also behind a proxy that we trust (sicargabox.asgi)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        counted = address
    else:
        bits = IPV6_NETWORK if parsed.version == 6 else parsed.max_prefixlen
        counted = str(ipaddress.ip_network((parsed.packed, bits), strict=False))
    return salted_hmac("api.limits", counted).hexdigest()


@lru_cache(maxsize=1)
def _limits() -> Limits:
    return Limits(settings.API_LIMITS_URL)
