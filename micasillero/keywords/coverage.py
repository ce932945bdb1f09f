"""What the lexicon leaves out, and where its words say little."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from micasillero.catalog.known_codes import headings

from .loader import HEADING_DIGITS, Entry


@dataclass(frozen=True)
class Coverage:
    """``without``: headings that have no word of their own or below. ``wide``: (term, headings) of
    the terms that several headings share, the widest first. ``ambiguous``: (word, chapters) of the
    terms of one word that stand in more than one chapter."""

    entries: int
    terms: int
    without: tuple[str, ...]
    wide: tuple[tuple[str, tuple[str, ...]], ...]
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...]


def coverage(entries: Sequence[Entry], *, wide: int = 5) -> Coverage:
    """Look over the entries; ``wide`` is from how many headings on a term is told."""
    bound: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for term in entry.terms():
            bound[term].add(entry.digits[:HEADING_DIGITS])
    named = {entry.digits[:HEADING_DIGITS] for entry in entries}
    chapters = {t: {h[:2] for h in found} for t, found in bound.items() if " " not in t}
    return Coverage(
        entries=len(entries),
        terms=len(bound),
        without=tuple(heading for heading in headings() if heading not in named),
        wide=_widest((t, found) for t, found in bound.items() if len(found) >= wide),
        ambiguous=_widest((t, found) for t, found in chapters.items() if len(found) > 1),
    )


def _widest(found: Iterable[tuple[str, set[str]]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    told = [(term, tuple(sorted(places))) for term, places in found]
    return tuple(sorted(told, key=lambda pair: (-len(pair[1]), pair[0])))
