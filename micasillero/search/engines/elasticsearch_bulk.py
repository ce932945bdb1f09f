"""Writes through `_bulk`: bodies serialised here, sent while the next ones are being made.

Every operation carries the id of its line, so sending one twice changes nothing. Everything goes
through an alias with `require_alias`: a write that comes too late is refused and cannot bring a
deleted index back.
"""

import logging
import random
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from typing import NamedTuple

import orjson
from elasticsearch import Elasticsearch

from micasillero.work import TryAgain, WorkError

from ..documents import Line, document
from .elasticsearch_client import BUSY, TOO_LARGE, blocked, faults, index_gone

log = logging.getLogger(__name__)

CHUNK_DOCUMENTS = 1_000
CHUNK_BYTES = 5_000_000
IN_FLIGHT = 4
RETRIES = 5
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 10.0
PASSING = frozenset({429, 502, 503})
# Writing and reading an answer for each operation takes longer than it looks, so we ask only
# whether all went well. If not, the same body is sent once more for the answers, in its order.
WELL = "errors"
ANSWERS = "errors,items.*.status,items.*.error.type,items.*.error.reason"


class Operation(NamedTuple):
    """One operation on the line with this id, as the lines of a bulk body."""

    pk: int
    body: bytes


def index_operation(line: Line) -> Operation:
    """Put the line's document in place of what has its id."""
    head = b'{"index":{"_id":"%d"}}\n' % line.pk
    return Operation(line.pk, head + orjson.dumps(document(line)) + b"\n")


def delete_operation(pk: int) -> Operation:
    """Take the document of that id out."""
    return Operation(pk, b'{"delete":{"_id":"%d"}}\n' % pk)


class BulkWriter:
    """The seam's Writer to one alias."""

    def __init__(self, client: Elasticsearch, alias: str, *, visible: bool) -> None:
        self.failed: dict[int, str] = {}
        self._client = client
        self._alias = alias
        self._visible = visible
        self._waiting: list[Operation] = []
        self._bytes = 0
        self._most_bytes = CHUNK_BYTES
        self._sender: ThreadPoolExecutor | None = None
        self._flying: deque[Future[None]] = deque()
        self._ended = threading.Event()
        self._fault: TryAgain | None = None
        # Held by whoever repeats a body, halves of it included.
        self._refused = threading.RLock()

    @contextmanager
    def session(self) -> Iterator[None]:
        """All is sent when the block ends well; when it does not, the rest is dropped."""
        try:
            yield
            self._submit()
            self._land(leave=0)
        finally:
            self._ended.set()
            if self._sender:
                # Not waited for: what still flies is refused or harmless, and a cancel is prompt.
                self._sender.shutdown(wait=False, cancel_futures=True)

    def index(self, lines: Sequence[Line]) -> None:
        for line in lines:
            try:
                operation = index_operation(line)
            except orjson.JSONEncodeError as error:
                self.failed[line.pk] = str(error)
            else:
                self._add(operation)

    def delete(self, ids: Sequence[int]) -> None:
        for pk in ids:
            self._add(delete_operation(pk))

    def _add(self, operation: Operation) -> None:
        self._waiting.append(operation)
        self._bytes += len(operation.body)
        if len(self._waiting) >= CHUNK_DOCUMENTS or self._bytes >= self._most_bytes:
            self._submit()

    def _submit(self) -> None:
        if not self._waiting:
            return
        if self._sender is None:
            self._sender = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="bulk")
        self._land(leave=IN_FLIGHT - 1)
        self._flying.append(self._sender.submit(copy_context().run, self._send, self._waiting))
        self._waiting, self._bytes = [], 0

    def _land(self, *, leave: int) -> None:
        while len(self._flying) > leave:
            self._flying.popleft().result()

    def _send(self, operations: list[Operation]) -> None:
        """Send until all are accepted or refused for good.

        Raises TryAgain when that takes too long, or when another body has given up: with the
        fault of that one, so that the run tells the cause whoever is asked first.
        """
        fault = TryAgain(BUSY)
        with ExitStack() as turn:
            for attempt in range(RETRIES + 1):
                try:
                    operations = self._once(operations)
                except TryAgain as passing:
                    fault = passing
                except WorkError as error:
                    if error.code != TOO_LARGE or len(operations) == 1:
                        raise
                    for half in self._halved(operations):
                        self._send(half)
                    return
                if not operations:
                    return
                if not attempt:
                    # One after another: a full queue stays full while all of them knock at it.
                    turn.enter_context(self._refused)
                if attempt < RETRIES and self._wait(attempt, fault.after):
                    raise self._fault or fault
            # The others need not try as long: what one of them cannot do ends all.
            self._fault = fault
            self._ended.set()
            raise fault

    def _halved(self, operations: list[Operation]) -> tuple[list[Operation], list[Operation]]:
        size = sum(len(operation.body) for operation in operations)
        log.warning("a bulk body of %d bytes is too large there: sending halves", size)
        # The chunks to come need not learn it again.
        self._most_bytes = min(self._most_bytes, size // 2)
        half = len(operations) // 2
        return operations[:half], operations[half:]

    def _once(self, operations: list[Operation]) -> list[Operation]:
        """Send them; returns the operations to send again."""
        body = b"".join([operation.body for operation in operations])
        if not self._post(body, WELL)["errors"]:
            return []
        answer = self._post(body, ANSWERS)
        if not answer["errors"]:
            return []
        again = []
        for operation, item in zip(operations, answer["items"], strict=True):
            (outcome,) = item.values()
            fault = outcome.get("error")
            if fault is None:
                continue
            reason = f"{fault['type']}: {fault['reason']}"[:500]
            if block := blocked(outcome["status"], reason):
                raise block
            if outcome["status"] in PASSING:
                again.append(operation)
            elif fault["type"] == "index_not_found_exception":
                raise index_gone()
            else:
                self.failed[operation.pk] = reason
        return again

    def _post(self, body: bytes, answers: str) -> dict:
        with faults():
            return self._client.perform_request(
                "POST",
                f"/{self._alias}/_bulk",
                params={
                    "require_alias": "true",
                    "filter_path": answers,
                    "refresh": "true" if self._visible else "false",
                },
                headers={"accept": "application/json", "content-type": "application/x-ndjson"},
                body=body,
            ).body

    def _wait(self, attempt: int, least: float | None) -> bool:
        """Wait before the next try. True when there is to be none, at once when so told."""
        longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**attempt)
        # Jitter, so that two writers do not knock again together. Not for security.
        pause = max(least or 0.0, longest * random.uniform(0.5, 1.0))  # noqa: S311
        return self._ended.wait(min(pause, LONGEST_WAIT_SECONDS))
