"""Keywords that complete the lexicon's, made of them and of the tariff's own words.

The lexicon says "camisa" of a heading; the line below that says "De algodón": together they are
what people type. And a line that the lexicon has no word for is called what it and the branches
above it say in few words. A form of a word is no keyword of its own: the search looks for singular
and plural, without accents (analysis.forms).
"""

import re
from collections.abc import Iterator, Sequence

from micasillero.analysis import terms
from micasillero.keywords.wording import normalise
from micasillero.search import wording
from micasillero.search.documents import split_exclusions

from .items import without_leftover

MOST_WORDS = 5
# So many of the words above a line are completed: the lexicon has the most usual first.
MOST_COMPLETED = 3

_QUALIFIES = re.compile(r"(?:de|del|para|con|sin)\s", re.IGNORECASE)
# Not those inside a name: poli(cloruro de vinilo).
_BRACKETS = re.compile(r"(?<=\s)\([^()]*\)")
# What is a list, or goes on after a mark, is not what people type.
_LIST = re.compile(r"[;,:.]|\s[oy]\s")


def completed(own: str, above: Sequence[str]) -> Iterator[str]:
    """Words of the lexicon for what stands above a line, with what its own text adds to them:
    ("De algodón", ["camisa"]) gives "camisa de algodón". Only of single words: "carpa de lona"
    says its material already, and may say another one."""
    goods = [text for text in above if " " not in text]
    yield from _with(_short(own), goods[:MOST_COMPLETED])


def from_texts(own: str, ancestors: Sequence[str]) -> Iterator[str]:
    """What a line and the nearest branch above it are called, where they say it in few words."""
    names = [text for text in map(_short, ancestors) if text and not _QUALIFIES.match(text)]
    yield from _with(_short(own), names[-1:])
    for text in (_short(own), *names[-1:]):
        if not _QUALIFIES.match(text) and _is_keyword(text):
            yield text


def _with(added: str, goods: Sequence[str]) -> Iterator[str]:
    if _QUALIFIES.match(added):
        said = (f"{name} {added}" for name in goods if not set(terms(name)) & set(terms(added)))
        yield from filter(_is_keyword, said)


def _short(text: str) -> str:
    """The text without brackets and exclusions, "" where it is a list or long; of "Los demás
    hornos" hornos."""
    bare = normalise(_BRACKETS.sub(" ", without_leftover(split_exclusions(text)[0])))
    return "" if _LIST.search(bare) else bare


def _is_keyword(text: str) -> bool:
    few = len(text.split()) <= MOST_WORDS
    return few and not any(fails(text) for fails in wording.FILTERS.values())
