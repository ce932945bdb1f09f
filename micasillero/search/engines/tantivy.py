"""The embedded engine: tantivy in the process itself, for a deployment without a search server.

Several processes may read; one writes to an index at a time (a lock file, waited for). A rebuild
and `sync_index` write to different directories, except after the swap.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import tantivy
from django.conf import settings
from django.utils.translation import gettext_noop as _

from micasillero.work import WorkError

from ..documents import LAYOUT
from ..intent import CodeIntent, Hit, Intent
from ..spelling import Vocabulary
from .seam import IndexFacts, Page, outdated
from .tantivy_query import of_category, words_query
from .tantivy_schema import schema, source_of
from .tantivy_store import Store, index_gone
from .tantivy_writer import TantivyWriter

PAGE = 10_000
MOST_TIES = 10_000
# Of the codes below a chapter, when they are asked for.
CODES_AT_ONCE = 200


class TantivyEngine:
    """The seam (engines/seam.py) on directories below ``root``."""

    name = "tantivy"

    def __init__(self, root: Path, alias: str) -> None:
        self.alias = alias
        self.store = Store(root, alias)
        self._open: dict[str, _Opened] = {}
        self._guard = threading.Lock()

    @classmethod
    def from_settings(cls) -> "TantivyEngine":
        """The engine below VAR_DIR/search."""
        return cls(Path(settings.VAR_DIR) / "search", settings.SEARCH_ALIAS)

    def create_building(self, index: str) -> None:
        self.store.sweep_scratch()
        with self.store.creating(index) as path:
            tantivy.Index(schema(), path=str(path), reuse=False)

    def reopen(self, index: str) -> None:
        if not self.store.path(index).is_dir():
            raise index_gone(index)

    @contextmanager
    def writer(self, target: str) -> Iterator[TantivyWriter]:
        index = self._resolve(target)
        facts = next((i for i in self.store.indices() if i.name == index), None)
        if facts is None:
            raise index_gone(index)
        if facts.layout != LAYOUT:
            raise outdated(index)
        writer = TantivyWriter(self.store.path(index), building=facts.building)
        with writer.session():
            yield writer

    def ids_and_hashes(self, target: str) -> Iterator[Page]:
        searcher = self._searcher(self._resolve(target))
        after = 0
        while True:
            query = tantivy.Query.range_query(
                schema(), "pk", tantivy.FieldType.Integer, lower_bound=after, include_lower=False
            )
            hits = searcher.search(
                query, limit=PAGE, count=False, order_by_field="pk", order=tantivy.Order.Asc
            ).hits
            if not hits:
                return
            hashes = _column(searcher, "hash", [address for _pk, address in hits])
            yield list(zip((pk for pk, _address in hits), hashes, strict=True))
            after = hits[-1][0]

    def hashes_of(self, target: str, ids: Sequence[int]) -> dict[int, int]:
        if not ids:
            return {}
        searcher = self._searcher(self._resolve(target))
        query = tantivy.Query.term_set_query(schema(), "pk", list(ids))
        hits = searcher.search(query, limit=len(ids) + 1, count=False).hits
        addresses = [address for _score, address in hits]
        pks = _column(searcher, "pk", addresses)
        return dict(zip(pks, _column(searcher, "hash", addresses), strict=True))

    def count(self, target: str) -> int:
        return self._searcher(self._resolve(target)).num_docs

    def refresh(self, target: str) -> None:
        """Nothing to do: a commit is seen by the next call, in every process."""

    def seal(self, index: str) -> None:
        """Nothing to do: a commit is on the disk when it ends."""

    def swap(self, index: str, *, expected: str | None) -> None:
        self.store.swap(index, expected)

    def live_index(self) -> str | None:
        return self.store.live()

    def indices(self) -> list[IndexFacts]:
        return self.store.indices()

    def delete(self, index: str) -> None:
        self.store.delete(index)
        with self._guard:
            self._open.pop(index, None)

    def ping(self, seconds: float) -> str:
        return ""

    def health(self, seconds: float) -> str:
        return ""

    def search(
        self, target: str, intent: Intent, k: int, *, at_least: int = 1, category: str = ""
    ) -> list[Hit]:
        index = self._resolve(target)
        if category and self.store.layout(index) != LAYOUT:
            raise outdated(index)
        searcher = self._searcher(index)
        if isinstance(intent, CodeIntent):
            found = _by_code(searcher, intent.digits, k, category)
        else:
            found = _best(searcher, of_category(words_query(intent, at_least), category), k)
        return [Hit.of(score, source) for score, source in found]

    def generation(self, target: str) -> str:
        index = self._resolve(target)
        return f"{index}:{self._opened(index).commit()}"

    def frequencies(self, target: str, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
        searcher = self._searcher(self._resolve(target))
        return searcher.num_docs, {term: searcher.doc_freq("words", term) for term in terms}

    def alike(self, target: str, terms: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
        vocabulary = self._opened(self._resolve(target)).vocabulary()
        return {term: vocabulary.about(term) for term in terms}

    def _resolve(self, target: str) -> str:
        if target != self.alias:
            return target
        live = self.store.live()
        if live is None:
            raise WorkError("no_index", _("There is no index yet. Rebuild the index first."))
        return live

    def _searcher(self, index: str) -> tantivy.Searcher:
        """A view of the last commit of any process."""
        return self._opened(index).searcher()

    def _opened(self, index: str) -> "_Opened":
        for _attempt in range(3):
            try:
                with self._guard:
                    opened = self._open.get(index)
                    if opened is None:
                        opened = self._open[index] = _Opened(self.store.path(index))
                        self._forget_others()
                opened.searcher()
                return opened
            except (FileNotFoundError, ValueError):
                # Removed or replaced between two looks; look again before saying so.
                with self._guard:
                    self._open.pop(index, None)
        raise index_gone(index)

    def _forget_others(self) -> None:
        # Called with the guard held. Mapped files of a removed index hold disk until let go.
        for name in list(self._open):
            if not self.store.path(name).is_dir():
                del self._open[name]


class _Opened:
    """One index, opened once; reloaded when another process has committed to it."""

    def __init__(self, path: Path) -> None:
        self._meta = path / "meta.json"
        self._seen: tuple[int, int] | None = None
        self._index = tantivy.Index.open(str(path))
        # By hand: the other policy watches the file from a thread and is late by half a second.
        self._index.config_reader("manual")
        self._guard = threading.Lock()
        self._vocabulary: Vocabulary | None = None

    def searcher(self) -> tantivy.Searcher:
        with self._guard:
            stat = self._meta.stat()
            now = (stat.st_ino, stat.st_mtime_ns)
            if now != self._seen:
                self._index.reload()
                self._seen, self._vocabulary = now, None
            return self._index.searcher()

    def commit(self) -> str:
        """Which commit of any process is the last."""
        stat = self._meta.stat()
        return f"{stat.st_ino}:{stat.st_mtime_ns}"

    def vocabulary(self) -> Vocabulary:
        """The words of the last commit, read once."""
        searcher = self.searcher()
        if self._vocabulary is None:
            self._vocabulary = Vocabulary(searcher.terms_with_prefix("words", ""))
        return self._vocabulary


def _column(
    searcher: tantivy.Searcher, name: str, addresses: list[tantivy.DocAddress]
) -> list[int]:
    # Every document has both columns, so no value is None.
    return cast(list[int], searcher.fast_field_values(name, addresses))


def _best(
    searcher: tantivy.Searcher, query: tantivy.Query, k: int
) -> list[tuple[float, Mapping[str, object]]]:
    """The best ``k`` (score, source), ties in the order of the code, whatever the segments."""
    limit = k + 20
    while True:
        hits = searcher.search(query, limit=limit, count=False).hits
        # All lines tied with the last one that fits must be here before they can be put in order.
        if len(hits) < limit or hits[-1][0] < hits[k - 1][0] or limit >= MOST_TIES:
            break
        limit *= 4
    floor = hits[k - 1][0] if len(hits) >= k else 0.0
    found = [(score, source_of(searcher.doc(address))) for score, address in hits if score >= floor]
    found.sort(key=lambda pair: (-pair[0], str(pair[1]["item_no"])))
    return found[:k]


def _by_code(
    searcher: tantivy.Searcher, digits: str, k: int, category: str
) -> list[tuple[float, Mapping[str, object]]]:
    codes = sorted(code for code, _count in searcher.terms_with_prefix("code", digits))
    found: list[tuple[float, Mapping[str, object]]] = []
    # A code whose line was deleted may still be listed; it then finds nothing.
    while codes and len(found) < k:
        part, codes = codes[:CODES_AT_ONCE], codes[CODES_AT_ONCE:]
        query = of_category(tantivy.Query.term_set_query(schema(), "code", part), category)
        hits = searcher.search(query, limit=len(part), count=False).hits
        sources = [source_of(searcher.doc(address)) for _score, address in hits]
        found += [(1.0, s) for s in sorted(sources, key=lambda s: str(s["item_no"]))]
    return found[:k]
