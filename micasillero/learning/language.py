"""Is what people write Spanish or English? As the words of the lexicon are; a brand is English."""

from collections.abc import Iterable
from functools import cache

from micasillero.analysis import fold, words
from micasillero.keywords.loader import lexicon
from micasillero.keywords.models import Language
from micasillero.search.wording import ENGLISH_ONLY, SPANISH_ONLY


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    """The folded words of Spanish, and those of English with brands."""
    spanish = (term for entry in lexicon() for term in entry.es)
    english = (term for entry in lexicon() for term in (*entry.en, *entry.brands))
    return _words(spanish) | SPANISH_ONLY, _words(english) | ENGLISH_ONLY


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(word) for text in texts for word in words(text))


def language_of(text: str) -> Language:
    """That of more of its words; Spanish where they say nothing. Raises LexiconError."""
    spanish, english = _known()
    said = [fold(word) for word in words(text)]
    # Little words tell more than a brand that both languages know.
    votes = sum((word in english) - (word in spanish) for word in said)
    votes += 2 * sum((word in ENGLISH_ONLY) - (word in SPANISH_ONLY) for word in said)
    return Language.ENGLISH if votes > 0 else Language.SPANISH
