"""What Redis and the channel are told about a run. Best effort: the row has it already.

Nothing here may raise into the caller or keep it waiting: a server that does not answer is left
alone for some seconds.
"""

import asyncio
import functools
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from asgiref.sync import async_to_sync
from celery import current_app
from celery.exceptions import TaskRevokedError
from channels.layers import get_channel_layer

from .channel import PubSubLayer
from .models import RUNNING, WAITING, LogLine, Status, TaskHistory
from .snapshot import raw
from .texts import render

logger = logging.getLogger(__name__)

ALL_RUNS = "runs"
CHANNEL_TIMEOUT = 0.5
REST_AFTER_FAILURE = 5.0


def group_of(task_id: str) -> str:
    return f"run.{task_id}"


class JobFailed(Exception):  # noqa: N818 - AsyncResult shows the name to whoever reads it
    """The run failed; the message is the row's own error."""


class Resting:
    """Calls a server unless it failed moments ago."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._until = 0.0

    def call(self, action: Callable[[], Any], level: int = logging.WARNING) -> bool:
        """True when the action went through; a failure is logged at that level."""
        if time.monotonic() < self._until:
            return False
        try:
            action()
        except Exception as error:  # noqa: BLE001 - a hint that fails must not fail the run
            logger.log(level, "%s not told: %s", self._name, error)
            self._until = time.monotonic() + REST_AFTER_FAILURE
            return False
        return True


_backend = Resting("result backend")
_channel = Resting("channel layer")


def tell(run: TaskHistory) -> None:
    """Tell both about the present state of the row."""
    tell_backend(run)
    tell_browsers(run)


def tell_backend(run: TaskHistory) -> bool:
    """Write ``celery-task-meta-<task_id>`` so that AsyncResult(task_id) is true for the run."""
    if run.status == Status.PENDING and run.epoch == 0:
        return True  # Celery calls an unknown id PENDING: nothing to write
    for _turn in range(3):
        if not _backend.call(functools.partial(_store, run), _level(run)):
            return False
        overtaken = _overtaken(run)
        if overtaken is None:
            break
        run = overtaken
    return True


def _overtaken(run: TaskHistory) -> TaskHistory | None:
    """The row as it stands, if it has moved on since: another process may have told the later
    state before we told this one, and ours must not hide it."""
    row = TaskHistory.objects.filter(pk=run.pk)
    if run.is_running:  # often: look only, the row is not written twice for one report
        return row.exclude(status__in=RUNNING, epoch=run.epoch).first()
    if row.filter(seq=run.seq).update(stored_seq=run.seq):
        return None
    return row.first()


def _store(run: TaskHistory) -> None:
    state, result = _celery_view(run)
    current_app.backend.store_result(run.task_id, result, state)


def _celery_view(run: TaskHistory) -> tuple[str, Any]:
    if run.status == Status.SUCCESS:
        return "SUCCESS", run.result
    if run.status == Status.FAILURE:
        return "FAILURE", JobFailed(render(run.error_message, run.error_params))
    if run.status == Status.REVOKED:
        return "REVOKED", TaskRevokedError("cancelled")
    if run.status in WAITING:
        return "RETRY", JobFailed(render(run.error_message, run.error_params))
    progress = {
        "done": run.done,
        "total": run.total,
        "progress": run.percent,
        "phase": run.phase,
        "message": render(run.message, run.message_params),
    }
    return "PROGRESS", progress


def tell_browsers(run: TaskHistory) -> None:
    state = {"type": "run.state", "task_id": run.task_id, "snapshot": raw(run)}
    send((ALL_RUNS, group_of(run.task_id)), state, _level(run))


def tell_lines(task_id: str, lines: Sequence[LogLine]) -> None:
    """New log lines, to those who look at this run."""
    event = {"type": "run.lines", "task_id": task_id, "lines": [_line_event(n) for n in lines]}
    send((group_of(task_id),), event)


def _line_event(line: LogLine) -> dict[str, Any]:
    """One log line as the channel carries it, still to be translated."""
    return {
        "id": line.pk,
        "at": line.at.isoformat(),
        "level": line.level,
        "text": line.text,
        "params": line.params,
        "item": line.item,
    }


def _level(run: TaskHistory) -> int:
    """A command may well run where no Redis does: that is no news to whoever typed it."""
    return logging.DEBUG if run.inline else logging.WARNING


def send(groups: Sequence[str], event: dict[str, Any], level: int = logging.DEBUG) -> None:
    """Tell the sockets of these groups, unless the channel layer failed moments ago."""
    layer = get_channel_layer()
    if layer is None:
        return
    if isinstance(layer, PubSubLayer):
        _channel.call(lambda: layer.send_now(groups, event), level)
        return

    async def to_each() -> None:
        for group in groups:
            await layer.group_send(group, event)

    async def bounded() -> None:
        await asyncio.wait_for(to_each(), CHANNEL_TIMEOUT)

    _channel.call(lambda: async_to_sync(bounded)(), level)
