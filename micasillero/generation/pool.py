"""Several lines asked at the same time, each in a thread with a connection of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import Protocol

from django.conf import settings
from django.db import connection

from .asking import Asked, Asker
from .items import Item


class Answering(Protocol):
    """An answer on its way."""

    def result(self) -> Asked:
        """Wait for it. Raises what Asker.answer raises."""


@contextmanager
def asking(asker: Asker) -> Iterator[Callable[[Item], Answering]]:
    """A function that has an item asked, in a thread of its own where several are allowed; it
    returns a future. On leaving, nothing more is asked; what is asked already is waited for, and
    kept."""
    workers = settings.AI_CONCURRENCY
    if workers == 1:
        yield lambda item: _Later(asker, item)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="ask") as pool:
        try:
            # With the context: a line of the log names the run also from there.
            yield lambda item: pool.submit(copy_context().run, _in_thread, asker, item)
        finally:
            asker.halt()
            pool.shutdown(wait=False, cancel_futures=True)


class _Later:
    """A future without a thread: asked when its result is wanted."""

    def __init__(self, asker: Asker, item: Item) -> None:
        self._asker, self._item = asker, item

    def result(self) -> Asked:
        return self._asker.answer(self._item)


def _in_thread(asker: Asker, item: Item) -> Asked:
    try:
        return asker.answer(item)
    finally:
        # A thread's connection is its own, and nobody else would close it.
        connection.close()
