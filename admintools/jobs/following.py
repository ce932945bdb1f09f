"""Running or watching a run from a terminal: what the commands of all jobs share."""

import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from .cancelling import request_cancel
from .execution import perform
from .launch import Conflict, Initiator, launch
from .models import Source, Status, TaskHistory
from .progress import RunWork
from .texts import render
from .transitions import NotAllowed

SUCCESS, FAILURE, USAGE, CONFLICT, CANCELLED = 0, 1, 2, 3, 130
_EXIT_CODES = {Status.SUCCESS: SUCCESS, Status.FAILURE: FAILURE, Status.REVOKED: CANCELLED}
LOOK_EVERY = 0.3
BAR = 30


def run_inline(slug: str, parameters: dict[str, Any], *, quiet: bool) -> TaskHistory:
    """Launch and perform in this process, with the same row and guard. Raises Conflict.

    Ctrl-C cancels in order; a second one ends at once (the reaper then tidies up).
    """
    run = launch(slug, parameters=parameters, initiator=_initiator(), inline=True)
    with _drawn(run, quiet), _cancels() as on_start:
        worker = f"command@{socket.gethostname()}"
        ended = perform(run.pk, run.attempt, worker=worker, on_start=on_start)
    return ended or TaskHistory.objects.get(pk=run.pk)


def run_followed(slug: str, parameters: dict[str, Any], *, quiet: bool) -> TaskHistory:
    """Launch through the queue and watch the row until it ends.

    Ctrl-C asks for a cancel and watches on; a second one leaves the run to itself.
    """
    run = launch(slug, parameters=parameters, initiator=_initiator())
    draw = Bar(quiet)
    while True:
        try:
            run = TaskHistory.objects.get(pk=run.pk)
            draw.show(run)
            if not run.is_active:
                draw.end()
                return run
            time.sleep(LOOK_EVERY)
        except KeyboardInterrupt:
            if run.cancel_requested_at:
                draw.end()
                return run
            with suppress(NotAllowed):
                run = request_cancel(run, by="command")


def exit_code(run: TaskHistory) -> int:
    """Of a command that ran or watched it, also one that stopped watching before the end."""
    unended = CANCELLED if run.cancel_requested_at else FAILURE
    return _EXIT_CODES.get(Status(run.status), unended)


def describe(run: TaskHistory) -> str:
    """One sentence on how a run ended."""
    if run.status == Status.FAILURE:
        return render(run.error_message, run.error_params)
    return str(run.get_status_display())


def conflict_sentence(conflict: Conflict) -> str:
    running = conflict.running
    return _(
        "“%(label)s” (%(task_id)s) is running since %(since)s, started by %(who)s. "
        "Wait for it or cancel it."
    ) % {
        "label": running.label,
        "task_id": running.task_id,
        "since": f"{localtime(running.created_at):%H:%M:%S}",
        "who": running.initiated_by,
    }


def _initiator() -> Initiator:
    return Initiator(Source.COMMAND, name="manage.py")


@contextmanager
def _cancels() -> Iterator[Callable[[RunWork], None]]:
    """While open, the first Ctrl-C asks the work to stop and the second one kills."""
    usual = signal.getsignal(signal.SIGINT)

    def on_start(work: RunWork) -> None:
        def handle(*_: Any) -> None:
            signal.signal(signal.SIGINT, usual)
            work.stop()

        signal.signal(signal.SIGINT, handle)

    try:
        yield on_start
    finally:
        signal.signal(signal.SIGINT, usual)


@contextmanager
def _drawn(run: TaskHistory, quiet: bool) -> Iterator[None]:
    """Draw the bar of an inline run from a thread of its own."""
    ended = threading.Event()
    bar = Bar(quiet)

    def loop() -> None:
        try:
            while not ended.wait(LOOK_EVERY):
                with suppress(DatabaseError, InterfaceError):
                    bar.show(TaskHistory.objects.get(pk=run.pk))
        finally:
            connection.close()

    thread = threading.Thread(target=loop, name="bar", daemon=True)
    if bar.drawn:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        if bar.drawn:
            thread.join()
            bar.show(TaskHistory.objects.get(pk=run.pk))
            bar.end()


class Bar:
    """A progress bar on standard error; plain lines where that is no terminal."""

    def __init__(self, quiet: bool = False) -> None:
        self._out = sys.stderr
        self._live = self._out.isatty()
        self.drawn = not quiet
        self._last = ""

    def show(self, run: TaskHistory) -> None:
        if not self.drawn:
            return
        text = self._line(run)
        if text == self._last:
            return
        self._last = text
        self._out.write(f"\r\033[K{text}" if self._live else f"{text}\n")
        self._out.flush()

    def end(self) -> None:
        if self.drawn and self._live:
            self._out.write("\n")

    @staticmethod
    def _line(run: TaskHistory) -> str:
        full = BAR * run.percent // 100
        count = f"{run.done:,}" + (f" / {run.total:,}" if run.total else "")
        rate = f"  {run.rate:,.0f}/s" if run.rate else ""
        definition = run.definition
        phase = definition.phase_label(run.phase) if definition and run.phase else run.status
        return f"[{'#' * full}{'.' * (BAR - full)}] {run.percent:3d} %  {count}{rate}  {phase}"
