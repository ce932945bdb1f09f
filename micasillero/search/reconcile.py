"""One function brings an index in line with the database: compare (id, hash), send the rest.

Filling an empty index, catching up, verifying and healing are all this. Two of them may work on
the live index at once (a rebuild that catches up, `sync_index`): each looks again, after it has
written, at what it wrote, so the last writer of a line always ends by comparing it with the
database, and a value read early and written late cannot stay.
"""

import gc
import logging
import time
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import takewhile

from django.utils.translation import gettext_noop as _

from micasillero.work import TryAgain

from .documents import Line
from .engines.seam import Engine
from .reading import all_lines, some_lines

log = logging.getLogger(__name__)

ROUNDS = 5
REASONS_LOGGED = 10
# Containers made before the collector looks at the youngest; Python's own choice is 700.
COLLECT_AFTER = 50_000


@dataclass
class Tally:
    """What one pass saw and did."""

    seen: int = 0
    """Lines of the database looked at."""
    sent: array = field(default_factory=lambda: array("q"))
    """Ids whose document was written or deleted; 8 bytes each."""
    failed: dict[int, str] = field(default_factory=dict)
    """Ids that the engine refused, with its reason."""


@dataclass(frozen=True)
class Difference:
    """What differs in one chunk of ``seen`` lines."""

    seen: int
    changed: list[Line]
    gone: list[int]


def reconcile(
    engine: Engine,
    target: str,
    ids: Iterable[int] | None = None,
    *,
    tally: Tally | None = None,
    on_chunk: Callable[[int], None] = lambda seen: None,
) -> int:
    """Make ``target`` hold what the database holds, for all lines or the given ids.

    Returns how many documents differed, deletions included; they have been sent. ``on_chunk`` is
    called with the lines seen so far and may raise to end the pass.
    """
    tally = tally if tally is not None else Tally()
    differences = _all(engine, target) if ids is None else _some(engine, target, ids)
    sent = 0
    with _rare_collections(), engine.writer(target) as writer:
        for difference in differences:
            if difference.changed:
                writer.index(difference.changed)
            if difference.gone:
                writer.delete(difference.gone)
            sent += len(difference.changed) + len(difference.gone)
            tally.sent.extend(line.pk for line in difference.changed)
            tally.sent.extend(difference.gone)
            tally.seen += difference.seen
            on_chunk(tally.seen)
    tally.failed.update(writer.failed)
    return sent


def count_differing(engine: Engine, target: str, *, seconds: float) -> tuple[int, bool]:
    """(how many documents differ from the database, whether all were compared); writes nothing.

    Comparing ends after so many seconds; the count is then of what was compared by that time.
    """
    found, until = 0, time.monotonic() + seconds
    with _rare_collections(), closing(_all(engine, target)) as differences:
        for difference in differences:
            found += len(difference.changed) + len(difference.gone)
            if time.monotonic() > until:
                return found, False
    return found, True


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let the garbage collector look less often.

    A pass makes tuples by the hundred thousand and no cycles; looking at them again and again
    took a third of its time.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], COLLECT_AFTER), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def reconcile_live(
    engine: Engine,
    ids: Iterable[int] | None = None,
    *,
    on_chunk: Callable[[int], None] = lambda seen: None,
) -> int:
    """Reconcile the live index, then what was written, until nothing differs.

    Returns how many documents differed at first. Raises TryAgain when others keep changing the
    same lines; ids that the engine refuses are left for the next full pass.
    """
    first, tally = 0, Tally()
    for looked in range(ROUNDS):
        written, failed = tally.sent, tally.failed
        tally = Tally(failed=failed)
        if looked == 0:
            first = reconcile(engine, engine.alias, ids, tally=tally, on_chunk=on_chunk)
        else:
            # Only what was written a moment ago; what was refused would differ for ever.
            again = [pk for pk in written if pk not in failed]
            reconcile(engine, engine.alias, again, tally=tally)
        if not any(pk not in tally.failed for pk in tally.sent):
            _log_refused(tally.failed)
            return first
    raise TryAgain(_("The same lines keep changing; the index will be compared again."))


def _log_refused(failed: dict[int, str]) -> None:
    for pk, reason in list(failed.items())[:REASONS_LOGGED]:
        log.warning("the engine refused line %s: %s", pk, reason)


def _all(engine: Engine, target: str) -> Generator[Difference, None, None]:
    """Both sides run in the order of the id, so one page of each is in memory."""
    pages = engine.ids_and_hashes(target)
    indexed: dict[int, int] = {}
    reached = -1
    for chunk in all_lines():
        last = chunk[-1].pk
        while reached < last:
            page = next(pages, None)
            if page is None:
                reached = last
                break
            indexed.update(page)
            reached = page[-1][0]
        changed = [line for line in chunk if indexed.pop(line.pk, None) != line.hash]
        gone = list(takewhile(lambda pk: pk <= last, indexed))  # noqa: B023 - used at once
        for pk in gone:
            del indexed[pk]
        yield Difference(len(chunk), changed, gone)
    if indexed:
        yield Difference(0, [], list(indexed))
    for page in pages:
        yield Difference(0, [], [pk for pk, _hash in page])


def _some(engine: Engine, target: str, ids: Iterable[int]) -> Iterator[Difference]:
    for part, lines in some_lines(ids):
        indexed = engine.hashes_of(target, part)
        changed = [line for line in lines if indexed.get(line.pk) != line.hash]
        gone = list(indexed.keys() - {line.pk for line in lines})
        yield Difference(len(part), changed, gone)
