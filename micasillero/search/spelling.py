"""Which word of the index was meant by one that it does not know."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from micasillero.analysis import sound

MOST_MEANT = 6
MOST_EDITS = 2
# First letters that are taken for each other; a mute h is written or left out.
_TAKEN_FOR = ("bv", "sczx", "kqc", "jgh", "yl", "iye", "uw", "fp", "ha", "he", "hi", "ho", "hu")


def begins_like(term: str) -> list[str]:
    """The first letters that a right spelling of the term may have."""
    first = term[:1]
    return sorted({first, *(c for group in _TAKEN_FOR if first in group for c in group)} - {""})


def edits_allowed(term: str) -> int:
    """Typing errors forgiven in a term: none under 4 letters, one under 7, else two."""
    return (len(term) >= 4) + (len(term) >= 7)


def nearest(term: str, documents: Mapping[str, int]) -> dict[str, float]:
    """The terms that ``term`` may be a misspelling of, with how near they are (1 is the same).

    ``documents`` are those of each term that is known. What sounds the same is nearest; then the
    number of edits decides, a swap of neighbours counting as one. Only the nearest are told, of
    equally near ones the most frequent.
    """
    within = process.extract(
        term, documents.keys(), scorer=OSA.distance, score_cutoff=MOST_EDITS, limit=None
    )
    heard, allowed = sound(term), edits_allowed(term)
    found = sorted(
        (unlike, edits, -documents[other], other)
        for other, edits, _key in within
        if not (unlike := sound(other) != heard) or edits <= allowed
    )
    best = found[0][:2] if found else ()
    return {
        other: 1 - edits / len(term)
        for unlike, edits, _documents, other in found[:MOST_MEANT]
        if (unlike, edits) == best
    }


class Vocabulary:
    """The words of an index with their documents, by first letter and length."""

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        self._words: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
        for word, documents in words:
            self._words[word[:1], len(word)].append((word, documents))

    def about(self, term: str) -> list[tuple[str, int]]:
        """Words of about its length that begin with its first letter, or one taken for that."""
        lengths = range(max(1, len(term) - MOST_EDITS), len(term) + MOST_EDITS + 1)
        places = ((first, length) for first in begins_like(term) for length in lengths)
        return [found for place in places for found in self._words.get(place, ())]
