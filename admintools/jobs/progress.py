"""The single writer of a run's progress while it runs.

The worker's own thread only leaves values in memory, which costs well under a microsecond; a
second thread writes them: the row first (fenced by epoch), then the result backend, then the
channel. So a loop of a million items makes at most a few writes a second, heartbeats go on while
one item takes minutes, and nothing is written inside a transaction of the work itself, where
nobody would see it.
"""

import logging
import threading
import time
from collections import deque
from typing import Any

import structlog
from django.conf import settings
from django.db import DataError, IntegrityError, close_old_connections, connection
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from . import cancelling, draining, hints, loglines, time_limit, transitions
from .draining import Drained
from .models import LogLine, Status, TaskHistory
from .pace import Pace
from .reported import Reported, Told
from .texts import scrub, scrub_params

logger = logging.getLogger(__name__)

FLAG_EVERY = 1.0
SILENCE_LIMIT = 60.0
LINES_PER_WRITE = 500
ITEM_LENGTH, CODE_LENGTH = 200, 60  # what the columns of a LogLine take


class Fenced(Exception):  # noqa: N818 - not a fault of the work: it must only end at once
    """The run belongs to another worker now, or the database is out of reach for too long."""


class RunWork:
    """What a task's body is given: the `Work` of the domain, tied to one claim of one run."""

    def __init__(self, run: TaskHistory) -> None:
        self.run = run
        self.parameters: dict[str, Any] = run.parameters
        self.resumed_from = run.checkpoint
        self._unsaid: Told = (run.checkpoint, None, "", "", {})
        self._reported: Told = self._unsaid
        self._timeline: list[dict[str, Any]] = []
        self._phase_began = time.monotonic()
        self._lines: deque[LogLine] = deque()
        # A job that must not start a second time by itself is left to finish, or be lost.
        self.repeatable = not run.inline and bool(run.definition and run.definition.losses > 1)
        self.stores = False  # in this attempt: then another one begins further on
        self._writer = _Writer(self)

    # --- what the domain calls -------------------------------------------------------------
    def report(
        self,
        done: int,
        total: int | None = None,
        message: str = "",
        *,
        phase: str = "",
        **params: object,
    ) -> None:
        """See micasillero.work. ``done`` never falls within an attempt. Raises as should_stop."""
        if self._writer.halted:
            raise self._halt()
        before = self._reported
        reached, whole, said, where, known = before
        if phase and phase != where:
            self._enter(phase)
        self._reported = (
            done if done > reached else reached,
            whole if total is None else total,
            message or said,
            phase or where,
            params if message else known,
        )
        if before is self._unsaid:
            self._writer.wake()  # the first one is written at once

    def note(self, message: str, *, level: str = "info", **params: object) -> None:
        """Add a line to the run's log. Numbers stay numbers, all else becomes scrubbed text."""
        self._line(level, message, params)

    def refuse(self, item: str, code: str, message: str, **params: object) -> None:
        """Add a line about one item that could not be done; the page lists these by item."""
        named = {"item": scrub(item)[:ITEM_LENGTH], "code": scrub(code)[:CODE_LENGTH]}
        self._line("warning", message, params, **named)

    def should_stop(self) -> bool:
        """True once somebody cancelled. Raises Fenced when the run is no longer ours, or when the
        writer has not got through to the database for so long that it may not be. Raises Drained
        when the worker is leaving, OutOfTime at its time limit."""
        if self._writer.halted or self._writer.is_silent():
            raise self._halt()
        return self._writer.cancelled

    def keep(self, done: int) -> None:
        """See micasillero.work. The fence and the checkpoint are one UPDATE: what a worker stores
        after it has lost its run rolls back with it."""
        self._hold(checkpoint=done)
        self.stores = not self.run.inline

    def confirm(self) -> None:
        """Renew the lease now; raise Fenced when the run is no longer ours."""
        self._hold()

    def _hold(self, **values: Any) -> None:
        owned = TaskHistory.objects.held_by(self.run.epoch).filter(pk=self.run.pk)
        lease = transitions.lease_end()
        if not owned.update(heartbeat_at=Now(), lease_expires_at=lease, **values):
            self._writer.fence()
            raise Fenced(self.run.task_id)

    def stop(self) -> None:
        """Ask the work to stop from within its own process (Ctrl-C of a command)."""
        self._writer.cancelled = True

    # --- for the engine --------------------------------------------------------------------
    def __enter__(self) -> "RunWork":
        self._writer.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._close_phase()
        self._writer.finish()

    def last(self) -> dict[str, Any]:
        """The final values, for the write that ends the run."""
        said = Reported._make(self._reported)
        return {
            "phase": said.phase,
            "done": said.done,
            "total": said.total,
            "message": scrub(said.message),
            "message_params": scrub_params(said.params),
            "timeline": self._timeline,
        }

    def _line(self, level: str, message: str, params: dict[str, object], **named: str) -> None:
        text, values = scrub(message), scrub_params(params)
        self._lines.append(
            LogLine(run=self.run, at=timezone.now(), level=level, text=text, params=values, **named)
        )

    def _halt(self) -> Exception:
        return (self._writer.halted or Fenced)(self.run.task_id)

    def _enter(self, phase: str) -> None:
        self._close_phase()
        self._phase_began = time.monotonic()
        self._timeline = [*self._timeline, {"slug": phase}]

    def _close_phase(self) -> None:
        if self._timeline and "seconds" not in self._timeline[-1]:
            seconds = round(time.monotonic() - self._phase_began, 3)
            self._timeline = [*self._timeline[:-1], {**self._timeline[-1], "seconds": seconds}]


class _Writer(threading.Thread):
    """Writes what the work left in memory; reads the cancel flag; keeps the lease."""

    def __init__(self, work: RunWork) -> None:
        super().__init__(name=f"progress-{work.run.pk}", daemon=True)
        self.halted: type[Exception] | None = None  # what each call of `report` looks at
        self.cancelled = False
        self._work = work
        self._bound = structlog.contextvars.get_contextvars()
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._written: Reported | None = None
        self._began = self._heart_at = self._contact_at = self._flag_at = time.monotonic()
        self._pace = Pace()

    def wake(self) -> None:
        self._woken.set()

    def fence(self) -> None:
        self.halted = Fenced

    def finish(self) -> None:
        """Stop and join; the log's last lines are written, the last progress is the ending's."""
        self._ended.set()
        self._woken.set()
        self.join()

    def run(self) -> None:
        # A thread starts with nothing bound.
        structlog.contextvars.bind_contextvars(**self._bound)
        try:
            while not self._ended.is_set():
                self._woken.wait(settings.PROGRESS_INTERVAL)
                self._woken.clear()
                self._turn()
                self._ended.wait(0 if self._written is None else settings.PROGRESS_INTERVAL)
            self._guarded(self._write_lines)
            if self._work._lines:  # the connection may have died while it idled
                self._guarded(self._write_lines)
        finally:
            connection.close()

    def _turn(self) -> None:
        if self._work.repeatable and draining.is_due():
            self.halted = self.halted or Drained
        elif self._work.stores and time_limit.is_due(self._began):
            self.halted = self.halted or time_limit.OutOfTime
        if self.halted or self._ended.is_set():
            return
        now = time.monotonic()
        said = self._work._reported
        if said != self._written or now - self._heart_at >= settings.HEARTBEAT_SECONDS:
            self._guarded(lambda: self._write(said))
        if now - self._flag_at >= FLAG_EVERY:
            self._guarded(self._read_flag)
        self._guarded(self._write_lines)
        if self.is_silent():
            logger.error("Run %s: no database for %d s; stopping.", self.name, SILENCE_LIMIT)
            self.fence()

    def is_silent(self) -> bool:
        """A database that hangs, or a frozen process, keeps this thread from saying so itself."""
        return time.monotonic() - self._contact_at > SILENCE_LIMIT

    def _guarded(self, action: Any) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - dead, it could neither renew nor fence
            logger.warning("%s: the database was not reached: %r", self.name, error)
            close_old_connections()
        else:
            self._contact_at = time.monotonic()

    def _write(self, told: Told) -> None:
        run, said = self._work.run, Reported._make(told)
        values: dict[str, Any] = {} if told is self._work._unsaid else self._work.last()
        if self._written is None or (said.phase, said.done) != (
            self._written.phase,
            self._written.done,
        ):
            values["progressed_at"] = Now()
        owned = TaskHistory.objects.held_by(run.epoch).filter(pk=run.pk)
        if not owned.update(
            **values,
            status=Status.PROGRESS,
            rate=self._pace.of(said.phase, said.done),
            seq=F("seq") + 1,
            heartbeat_at=Now(),
            lease_expires_at=transitions.lease_end(),
        ):
            self.fence()
            return
        self._written, self._heart_at = said, time.monotonic()
        # Whoever took the run over between the two tells its state himself.
        if row := owned.first():
            hints.tell(row)

    def _read_flag(self) -> None:
        self._flag_at = time.monotonic()
        run = self._work.run
        row = (
            TaskHistory.objects.held_by(run.epoch)
            .filter(pk=run.pk)
            .values_list("cancel_requested_at", flat=True)
        )
        found = list(row)
        if not found:
            self.fence()
        elif found[0] is not None and not self.cancelled:
            self.cancelled = True
            cancelling.acknowledge_cancel(run)

    def _write_lines(self) -> None:
        """Until none waits or, while the work goes on, for one interval: a body that talks without
        a pause must not keep the heartbeat from its turn."""
        run, waiting = self._work.run, self._work._lines
        enough = time.monotonic() + settings.PROGRESS_INTERVAL
        while waiting and (self._ended.is_set() or time.monotonic() < enough):
            batch = [waiting[i] for i in range(min(len(waiting), LINES_PER_WRITE))]
            try:
                held = loglines.add_held(batch, run.pk, run.epoch)
            except (DataError, IntegrityError):
                logger.exception("%s: %d lines cannot be stored; dropped.", self.name, len(batch))
            else:
                if not held:
                    self.fence()
                    waiting.clear()
                    return
                hints.tell_lines(run.task_id, batch)
            for _line in batch:
                waiting.popleft()
