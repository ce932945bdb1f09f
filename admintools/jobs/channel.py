"""The channel layer: Channels' own on Redis pub/sub, made cheap where this product uses it most."""

from collections.abc import Sequence
from typing import Any

import redis
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.backoff import NoBackoff
from redis.retry import Retry

from admintools import redis_server

TIMEOUT = 0.5


class PubSubLayer(RedisPubSubChannelLayer):
    """Adds `send_now`, for the threads that tell of a run.

    Through `async_to_sync` each message costs them a loop or a hop to the server's, and in a worker
    a connection of its own: 2 ms, against 0.2 ms on a connection that is kept.
    """

    def __init__(self, *, hosts: Sequence[str], prefix: str = "asgi", **options: Any) -> None:
        if len(hosts) != 1:
            raise ValueError("PubSubLayer knows one Redis server: name one host.")
        super().__init__(hosts=[redis_server.channel_host(hosts[0])], prefix=prefix, **options)
        self._group_prefix = f"{prefix}__group__"
        # One more try for a connection that has died of old age; none for a server that is silent.
        once_more = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        self._client = redis_server.client(
            hosts[0], socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=once_more
        )
        self._decoded: tuple[bytes, Any] = (b"", None)

    def send_now(self, groups: Sequence[str], message: dict[str, Any]) -> None:
        """Send one message to these groups. Raises redis.RedisError, within about a second."""
        told = self.serialize(message)
        with self._client.pipeline(transaction=False) as pipeline:
            for group in groups:
                pipeline.publish(f"{self._group_prefix}{group}", told)
            pipeline.execute()

    def deserialize(self, message: bytes) -> Any:
        """As the parent's. A message to many sockets of this process is decoded once: treat it as
        read-only."""
        if self._decoded[0] is not message:
            self._decoded = (message, super().deserialize(message))
        return self._decoded[1]
