"""One ear for all sockets of this process that listen to the same group of the channel layer.

With a channel of its own each socket would decode, dispatch and print every message for itself: of
500 the last heard of a row two tenths of a second after it was written.
"""

import asyncio
import logging
import weakref
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

Snapshots = list[dict[str, Any]]


class Shared(dict):
    """A message that many sockets send: its text is made once for each language."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.text: dict[str, str] = {}


class Listener(Protocol):
    """A socket."""

    def hear(self, event: dict[str, Any]) -> None:
        """Take a message of the group. It is everybody's: read it, and do not wait."""


class Group:
    """The sockets of one group, and the task that hands them its messages."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._listeners: set[Listener] = set()
        self._door = asyncio.Lock()
        self._channel = ""
        self._task: asyncio.Task | None = None
        self._reading = asyncio.Lock()
        self._next: asyncio.Task[Snapshots] | None = None

    async def join(self, listener: Listener) -> None:
        """What is sent from now on is heard. Raises redis.RedisError, OSError."""
        async with self._door:
            if self._task is None:
                layer = get_channel_layer()
                self._channel = await layer.new_channel()
                await layer.group_add(self.name, self._channel)
                self._task = asyncio.create_task(self._listen(layer))
            self._listeners.add(listener)

    async def leave(self, listener: Listener) -> None:
        """The last one to go ends the listening. Raises redis.RedisError, OSError."""
        self._listeners.discard(listener)
        async with self._door:
            if self._listeners or self._task is None:
                return
            self._task.cancel()
            self._task = None
            if _groups().get(self.name) is self:
                del _groups()[self.name]
            await get_channel_layer().group_discard(self.name, self._channel)

    async def read(self, read: Callable[[], Awaitable[Snapshots]]) -> Snapshots:
        """The snapshots that ``read`` gives. Those who ask at once are given the same, and nobody
        what was read before he asked."""
        if self._next is None:
            self._next = asyncio.create_task(self._read(read))
        return await asyncio.shield(self._next)

    async def _read(self, read: Callable[[], Awaitable[Snapshots]]) -> Snapshots:
        async with self._reading:
            self._next = None  # whoever asks from here on is too late for this one
            return [Shared(snapshot) for snapshot in await read()]

    async def _listen(self, layer: Any) -> None:
        while True:
            event = _shared(await layer.receive(self._channel))
            for listener in tuple(self._listeners):
                try:
                    listener.hear(event)
                except Exception:
                    logger.exception("A socket could not take a message of %s.", self.name)


def group(name: str) -> Group:
    """The group of that name in the running loop."""
    groups = _groups()
    if name not in groups:
        groups[name] = Group(name)
    return groups[name]


_by_loop: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Group]]
_by_loop = weakref.WeakKeyDictionary()


def _groups() -> dict[str, Group]:
    return _by_loop.setdefault(asyncio.get_running_loop(), {})


def _shared(event: dict[str, Any]) -> dict[str, Any]:
    if "snapshot" in event:
        return {**event, "snapshot": Shared(event["snapshot"])}
    if "lines" in event:
        return {**event, "lines": [Shared(line) for line in event["lines"]]}
    return event
