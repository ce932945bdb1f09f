"""Writes to one directory of the embedded engine, one process at a time."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import tantivy
from django.utils.translation import gettext_noop as _

from micasillero.work import TryAgain

from ..documents import Line
from .tantivy_schema import tantivy_document
from .tantivy_store import LOCK, index_gone, locked

log = logging.getLogger(__name__)

# One indexing thread: Python analyses on the other core. tantivy takes no less than 15 MB.
BUILD_HEAP = 30_000_000
SMALL_HEAP = 15_000_000
# Changes to an index in use are written in portions, each a short hold of the lock.
PORTION = 2_000


class TantivyWriter:
    """Writes to one directory under its lock.

    An index being built is locked for the whole of it and committed once, at the end. One in use
    gets its changes in portions, so that neither a rebuild nor `sync_index` waits for long.
    """

    def __init__(self, path: Path, *, building: bool) -> None:
        self.failed: dict[int, str] = {}
        self._path = path
        self._building = building
        self._lines: list[Line] = []
        self._gone: list[int] = []
        self._open: tantivy.IndexWriter | None = None
        self._fresh = False

    @contextmanager
    def session(self) -> Iterator[None]:
        if self._building:
            with self._committing(BUILD_HEAP):
                yield
                self._write()
        else:
            yield
            self._flush()

    def index(self, lines: Sequence[Line]) -> None:
        self._lines.extend(lines)
        self._portion()

    def delete(self, ids: Sequence[int]) -> None:
        self._gone.extend(ids)
        self._portion()

    def _portion(self) -> None:
        if self._building:
            self._write()
        elif len(self._lines) + len(self._gone) >= PORTION:
            self._flush()

    def _flush(self) -> None:
        if self._lines or self._gone:
            with self._committing(SMALL_HEAP):
                self._write()

    @contextmanager
    def _committing(self, heap: int) -> Iterator[None]:
        with locked(self._path / LOCK), _faults(self._path):
            index = tantivy.Index.open(str(self._path))
            self._fresh = index.searcher().num_docs == 0
            self._open = index.writer(heap, 1)
            try:
                yield
                self._open.commit()
                # The merges belong to the lock too: without waiting they would be cut off.
                self._open.wait_merging_threads()
            finally:
                self._open = None

    def _write(self) -> None:
        assert self._open is not None  # noqa: S101 - only called inside _committing
        for pk in self._gone:
            self._open.delete_documents_by_term("pk", pk)
        for line in self._lines:
            try:
                made = tantivy_document(line)
            except (ValueError, TypeError, OverflowError) as error:
                self.failed[line.pk] = str(error)
                continue
            # In an index that was empty nothing needs to be taken out first: ids come once.
            if not (self._fresh and self._building):
                self._open.delete_documents_by_term("pk", line.pk)
            self._open.add_document(made)
        self._lines, self._gone = [], []


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    """tantivy raises ValueError for everything: tell a removed index from a busy or full one."""
    try:
        yield
    except (ValueError, OSError) as error:
        if not path.is_dir():
            raise index_gone(path.name) from error
        log.warning("writing to %s: %s", path.name, error)
        raise TryAgain(_("The embedded index could not be written; the log says why.")) from error
