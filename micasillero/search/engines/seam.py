"""What the rebuild, the synchronisation and the search ask of an engine; two engines answer it.

A *target* is the name of an index, or the alias, which means whatever index is live when the call
is made. Passing faults of an engine are raised as ``TryAgain``, lasting ones as ``WorkError``.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext_noop as _

from micasillero.work import WorkError

from ..documents import LAYOUT, Line
from ..intent import Hit, Intent

# Written into each index of ours. An index without it is somebody else's and is left alone.
PRODUCT = "sicargabox-admin-tools"

Page = list[tuple[int, int]]


@dataclass(frozen=True)
class IndexFacts:
    """One index of this product and alias.

    ``building``: a rebuild made it and it was never live. ``held``: it carries an alias that is
    not ours, so somebody uses it and it must not be deleted. ``layout`` is that of the documents
    it was made for (documents.LAYOUT).
    """

    name: str
    created_at: datetime
    live: bool
    building: bool
    held: bool = False
    layout: int = LAYOUT


class Writer(Protocol):
    """Takes changes and sends them in chunks, while the caller prepares the next ones.

    All is written, and visible to ``hashes_of``, once the context it came from has ended. Both
    calls may raise ``TryAgain`` or ``WorkError``.
    """

    failed: dict[int, str]
    """The ids that the engine refused, with its reason. Complete once the context has ended."""

    def index(self, lines: Sequence[Line]) -> None:
        """Add these lines, in place of what has their ids."""

    def delete(self, ids: Sequence[int]) -> None:
        """Take these ids out; one that is not there is no fault."""


class Engine(Protocol):
    """A search engine with indices of which one is live under the alias."""

    name: str
    alias: str

    def create_building(self, index: str) -> None:
        """Make an empty index that only a writer of that same index can write to."""

    def reopen(self, index: str) -> None:
        """Let a retired index be written again, before it goes live again."""

    def writer(self, target: str) -> AbstractContextManager[Writer]:
        """A writer to an index that exists and was made for documents like ours.

        Otherwise ``WorkError("index_gone")`` or ``WorkError("index_outdated")``: it neither
        creates an index nor fills one of another version with what it does not know.
        """

    def ids_and_hashes(self, target: str) -> Iterator[Page]:
        """All (id, hash) as of now in the order of the id, in pages, memory flat."""

    def hashes_of(self, target: str, ids: Sequence[int]) -> dict[int, int]:
        """The hash of each of these ids that the index has, all finished writes included."""

    def count(self, target: str) -> int:
        """Documents that a search can find."""

    def refresh(self, target: str) -> None:
        """Let searches see all that was written."""

    def seal(self, index: str) -> None:
        """Make an index that is done safe against a crash of the engine, before it goes live."""

    def swap(self, index: str, *, expected: str | None) -> None:
        """Put the alias on ``index`` in one step.

        Refused with ``WorkError("swap_refused")`` unless ``expected`` (None for none) is live and
        ``index`` is one that is being built or was reopened.
        """

    def live_index(self) -> str | None:
        """The name of the index under the alias."""

    def indices(self) -> list[IndexFacts]:
        """The indices of this product and alias, newest first."""

    def delete(self, index: str) -> None:
        """Delete one index of this product. Never one that carries an alias that matters."""

    def search(
        self, target: str, intent: Intent, k: int, *, at_least: int = 1, category: str = ""
    ) -> list[Hit]:
        """The best ``k`` hits, best first, equal scores in the order of the code.

        With a courier category only lines of it, with the same scores. Of words (``Wanted``) a hit
        has at least so many. Its score is the sum, over the words, of the weight of the best term
        it has, times that of the field it stands in, and of the best phrase (ranking.FIELD_WEIGHTS,
        PHRASE_WEIGHT).
        """

    def generation(self, target: str) -> str:
        """A word that is another one whenever a search may answer otherwise: when another index
        went live, and when what was written can be found. The same in every process."""

    def frequencies(self, target: str, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
        """How many documents there are, and how many of them have each term in any field."""

    def alike(self, target: str, terms: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
        """For each term some that the index has and that differ little: (term, documents)."""

    def ping(self, seconds: float) -> str:
        """ "" when the engine answers within that time, else what is wrong, in a sentence."""

    def health(self, seconds: float) -> str:
        """What the engine says of itself: green, yellow (no copy is safe elsewhere), red (some of
        the documents cannot be reached), or "" where it says nothing. Never raises."""


def outdated(index: str) -> WorkError:
    """The fault of writing to an index of another layout."""
    return WorkError(
        "index_outdated",
        _("The index %(index)s was made by another version of the product. Rebuild the index."),
        index=index,
    )


def previous_of(indices: Sequence[IndexFacts]) -> list[IndexFacts]:
    """The retired indices, newest first: once live, or fit to be, and used by nobody."""
    return [i for i in indices if not (i.live or i.building or i.held)]


def leftovers_of(indices: Sequence[IndexFacts]) -> list[IndexFacts]:
    """Half-built indices of runs that died. Only for whoever holds the run of the index."""
    return [i for i in indices if i.building and not (i.live or i.held)]
