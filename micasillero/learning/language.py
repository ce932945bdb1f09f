"""Is what people write Spanish or English? As the words of the lexicon are; a brand is English."""

from collections import Counter
from collections.abc import Iterable
from functools import cache

from micasillero.analysis import fold, words
from micasillero.keywords.loader import lexicon
from micasillero.keywords.models import Language
from micasillero.search.wording import ENGLISH_ONLY, SPANISH_ONLY


@cache
def _leanings() -> dict[str, int]:
    """By folded word, 1 where more terms of English or brands have it than of Spanish, -1 where
    fewer do: "nike" stands in "tenis nike", too. Raises LexiconError."""
    spanish = _times(term for entry in lexicon() for term in entry.es)
    english = _times(term for entry in lexicon() for term in (*entry.en, *entry.brands))
    found = {
        word: (english[word] > spanish[word]) - (english[word] < spanish[word])
        for word in spanish.keys() | english.keys()
    }
    # Little words tell more than a brand that both languages know.
    return found | dict.fromkeys(SPANISH_ONLY, -2) | dict.fromkeys(ENGLISH_ONLY, 2)


def _times(texts: Iterable[str]) -> Counter[str]:
    return Counter(fold(word) for text in texts for word in words(text))


def language_of(text: str) -> Language:
    """That of more of its words; Spanish where they say nothing. Raises LexiconError."""
    leanings = _leanings()
    leans = sum(leanings.get(fold(word), 0) for word in words(text))
    return Language.ENGLISH if leans > 0 else Language.SPANISH
