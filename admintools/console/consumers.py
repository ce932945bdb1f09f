"""The live end of the console. Join the group, then send the snapshot to the one who joined."""

import asyncio
import contextlib
import json
import logging
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import redis
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils import timezone, translation

from admintools.jobs import hints
from admintools.jobs.models import LogLine, TaskHistory
from admintools.jobs.snapshot import localise, raw

from . import admission, hub
from .held import explained
from .outbox import Outbox
from .presentation import dress
from .runs.lines import SHOWN, told

logger = logging.getLogger(__name__)

UNKNOWN_RUN, TRY_LATER = 4404, 1013
ENDED_RECENTLY = timedelta(seconds=60)
MOST_IN_SNAPSHOT = 50
MOST_BYTES_FROM_CLIENT = 1024
# A client may ask for snapshots; it may not make the database answer it all day.
LEAST_BETWEEN_SNAPSHOTS = 1.0


class LiveConsumer(AsyncJsonWebsocketConsumer):
    """One open page. Events only fill the outbox; one task of its own sends, at the client's pace,
    so that a client that does not read holds up nobody and keeps only the latest state per run."""

    group = hints.ALL_RUNS
    sender: asyncio.Task | None = None
    # Who opened it, once that is known.
    user_id = 0
    # None: the hub listens for all of us.
    channel_layer_alias = ""

    async def connect(self) -> None:
        self.language = _language(self.scope)
        self.outbox = Outbox()
        self.snapshot_asked = True
        self.lines_after: int | None = None
        self.follows_lines = False
        self.heard = hub.group(self.group)
        try:
            refusal = await self.refusal()
            await self.accept()
            if not refusal:
                await self.heard.join(self)
        except (redis.RedisError, OSError, DatabaseError) as error:
            logger.warning("A socket was sent away: %s", error)
            refusal = TRY_LATER
        if refusal:
            await self.close(refusal)
        else:
            self.sender = asyncio.create_task(self._serve())

    async def disconnect(self, code: int) -> None:
        if self.sender is None:
            return
        self.sender.cancel()
        self.outbox.close()
        with contextlib.suppress(redis.RedisError, OSError):
            await self.heard.leave(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.sender is None or not text_data or len(text_data) > MOST_BYTES_FROM_CLIENT:
            return
        try:
            message = json.loads(text_data)
        except (ValueError, RecursionError):
            return
        match message:
            case {"type": "ping"}:
                self.outbox.put_pong()
            case {"type": "snapshot"}:
                self.snapshot_asked = True
                self.outbox.wake.set()
            case {"type": "lines", "after": int(after)}:
                self.lines_after = min(max(0, after), 2**62)
                self.outbox.wake.set()

    def hear(self, event: dict[str, Any]) -> None:
        """Take a message of the group, from the hub."""
        if event["type"] == "run.state":
            self.outbox.put_state(event["snapshot"])
        elif event["type"] == "run.lines" and self.follows_lines:
            self.outbox.put_lines(event["lines"])

    async def _serve(self) -> None:
        try:
            await self._loop()
        except OSError:
            logger.debug("The client went away.")
        except (redis.RedisError, DatabaseError) as error:
            logger.warning("A socket was closed: %s", error)
            await self.close(TRY_LATER)

    async def _loop(self) -> None:
        now = asyncio.get_running_loop().time
        snapshot_at, check_at = now(), now() + until_recheck()
        not_before = 0.0
        while True:
            if now() >= check_at:
                if refusal := await self.refusal():
                    await self.close(refusal)
                    return
                check_at = now() + until_recheck()
            asked = self.snapshot_asked and now() >= not_before
            if asked or now() >= snapshot_at:
                self.snapshot_asked = False
                await self._take_snapshot()
                not_before = now() + LEAST_BETWEEN_SNAPSHOTS
                # At the same moment as everybody, so that one reading serves all.
                snapshot_at = not_before - not_before % settings.SOCKET_SNAPSHOT_SECONDS
                snapshot_at += settings.SOCKET_SNAPSHOT_SECONDS
            await self._take_lines()
            await self._send_what_waits()
            due = min(snapshot_at, check_at, not_before if self.snapshot_asked else check_at)
            await self.outbox.wait(until=due)

    async def _take_snapshot(self) -> None:
        for snapshot in await self.heard.read(database_sync_to_async(self._read)):
            self.outbox.put_state(snapshot)

    def _read(self) -> list[dict[str, Any]]:
        return [explained(raw(run)) for run in self.runs()]

    async def _take_lines(self) -> None:
        after, self.lines_after = self.lines_after, None
        if after is not None:
            self.follows_lines = True
            missed = await database_sync_to_async(self.missed_lines)(after)
            self.outbox.put_lines(map(hub.Shared, missed))

    async def _send_what_waits(self) -> None:
        states, lines, pong = self.outbox.take()
        for state in states:
            await self.send(text_data=self._text(state, lambda s: dress(localise(s))))
        if lines:
            shown = ",".join(self._text(line, lambda n: told([n])[0]) for line in lines)
            task_id = json.dumps(self.task_id)
            await self.send(text_data=f'{{"task_id": {task_id}, "lines": [{shown}]}}')
        if pong:
            await self.send_json({"type": "pong"})

    def _text(self, message: Any, told_as: Callable[[Any], dict[str, Any]]) -> str:
        """The JSON of a Shared message in this client's language."""
        text = message.text.get(self.language)
        if text is None:
            with translation.override(self.language):
                text = message.text[self.language] = json.dumps(told_as(message))
        return text

    @property
    def task_id(self) -> str:
        return str(self.scope["url_route"]["kwargs"].get("task_id", ""))

    async def refusal(self) -> int:
        """The close code that fits, 0 when the client may be here."""
        return await database_sync_to_async(self._refusal)()

    def _refusal(self) -> int:
        session_key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME)
        if self.user_id:
            code = admission.look_again(session_key, self.user_id)
        else:
            code, self.user_id = admission.look(session_key)
        return code or (0 if self.exists() else UNKNOWN_RUN)

    def runs(self) -> QuerySet | list[TaskHistory]:
        """What a snapshot shows."""
        raise NotImplementedError

    def exists(self) -> bool:
        return True

    def missed_lines(self, after: int) -> list[dict[str, Any]]:
        return []


class AllRunsConsumer(LiveConsumer):
    """Every active run and those that ended a moment ago."""

    def runs(self) -> list[TaskHistory]:
        ended = TaskHistory.objects.finished().filter(
            finished_at__gt=timezone.now() - ENDED_RECENTLY
        )
        return [
            *ended.order_by("-id")[:MOST_IN_SNAPSHOT],
            *TaskHistory.objects.active().order_by("id")[:MOST_IN_SNAPSHOT],
        ]


class OneRunConsumer(LiveConsumer):
    """One run, and its log lines for a client that asks for them."""

    @property
    def group(self) -> str:  # type: ignore[override]
        return hints.group_of(self.task_id)

    def runs(self) -> QuerySet:
        return TaskHistory.objects.filter(task_id=self.task_id)

    def exists(self) -> bool:
        return "\x00" not in self.task_id and self.runs().exists()

    def missed_lines(self, after: int) -> list[dict[str, Any]]:
        newest = LogLine.objects.filter(run__task_id=self.task_id, id__gt=after)
        return [
            {
                "id": n.pk,
                "at": n.at.isoformat(),
                "level": n.level,
                "text": n.text,
                "params": n.params,
                "item": n.item,
            }
            for n in newest.order_by("-id")[:SHOWN]
        ]


def until_recheck() -> float:
    """Seconds to the next look at session and permission. Not all at once: sockets that joined
    together, as after a deploy, would keep each other's messages waiting for the database."""
    longest = settings.SOCKET_RECHECK_SECONDS
    return random.uniform(longest / 2, longest)  # noqa: S311 - spreads load, guards nothing


def _language(scope: dict[str, Any]) -> str:
    """The page's language, which it names itself; else the site's."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("language", [""])[0]
    try:
        return translation.get_supported_language_variant(asked)
    except LookupError:
        return settings.LANGUAGE_CODE
