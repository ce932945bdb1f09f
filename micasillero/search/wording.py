"""The filters that look at the words of a suggested keyword alone, whoever suggests it."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from micasillero.analysis import QUERY_STOPWORDS, fold, forms, stem, words
from micasillero.keywords.loader import TERM
from micasillero.keywords.models import LONGEST_TEXT, Language
from micasillero.keywords.reasons import Reason
from micasillero.personal import is_personal_data

from .intent import CodeIntent, intent_of
from .ranking import ATTRIBUTES

SHORTEST = 2
MOST_WORDS = 6

# Words that name no goods, folded; those of the law among them.
GENERAL = (
    QUERY_STOPWORDS
    | ATTRIBUTES
    | frozenset(
        """
    accesorio accesorios accessories accessory articulo articulos article articles capitulo clase
    cosa cosas demas excepto exclusion excluidas excluido excluidos excluida general generic goods
    incluida incluidas incluido incluidos incluso item items kind mercaderia mercancia mercancias
    other others otra otras otro otros parte partes part parts partida partidas product products
    producto productos salvo similar similares sin stuff subpartida subpartidas tipo tipos type
    varias varios various
        """.split()  # noqa: SIM905 - a list of words, to be read
    )
)
# Little words that only one of the two languages has.
SPANISH_ONLY = frozenset({"con", "de", "del", "el", "la", "las", "los", "para", "por", "sin", "y"})
ENGLISH_ONLY = frozenset({"and", "for", "of", "the", "with", "without"})
FOREIGN = {Language.SPANISH: ENGLISH_ONLY, Language.ENGLISH: SPANISH_ONLY}

_ADDRESS = re.compile(
    r"://|\bwww\.|\.(?:com|net|org|info|biz|shop|store|io|hn|mx|es|us)\b", re.IGNORECASE
)


def is_not_plain(text: str) -> bool:
    """Control characters, markup, brackets, other scripts: what no term of the lexicon has."""
    if TERM.fullmatch(text) is None:
        return True
    return any(c.isalpha() and "LATIN" not in unicodedata.name(c, "") for c in text if c > "ÿ")


def is_address(text: str) -> bool:
    return _ADDRESS.search(text) is not None


def is_too_short(text: str) -> bool:
    return len(text) < SHORTEST


def is_too_long(text: str) -> bool:
    """Longer than a keyword may be, or a sentence."""
    return len(text) > LONGEST_TEXT or len(words(text)) > MOST_WORDS


def is_code(text: str) -> bool:
    """What the search would read as a tariff code, or what has no letter."""
    return isinstance(intent_of(text), CodeIntent) or not any(c.isalpha() for c in text)


def says_nothing(text: str) -> bool:
    """Articles, colours, sizes, "accesorios": nothing by which goods are found."""
    return all(fold(word) in GENERAL or word.isdigit() for word in words(text))


def seems_foreign(text: str, language: str) -> bool:
    """Does it have a little word that only the other language has? ("arroz con pollo" in the
    English list may still be right: a doubt, no more.)"""
    return not FOREIGN[Language(language)].isdisjoint(words(text))


def stems(texts: Iterable[str]) -> frozenset[str]:
    """The stems of what these texts say about goods."""
    return frozenset(stem(word) for text in texts for word in _telling(text))


def added(own: frozenset[str], text: str) -> list[frozenset[str]]:
    """The forms of each word that says something and is not among the stems ``own``: what a keyword
    adds to the texts of its line."""
    said = (frozenset(forms(word)) for word in _telling(text))
    return [word for word in said if not word & own]


def _telling(text: str) -> Iterator[str]:
    """The folded words that say something about goods."""
    return (word for word in map(fold, words(text)) if word not in GENERAL)


# In this order: what is written first says most about what is wrong.
FILTERS: dict[Reason, Callable[[str], bool]] = {
    Reason.TOO_SHORT: is_too_short,
    Reason.PERSONAL_DATA: is_personal_data,
    Reason.ADDRESS: is_address,
    Reason.CODE: is_code,
    Reason.NOT_PLAIN: is_not_plain,
    Reason.TOO_LONG: is_too_long,
    Reason.SAYS_NOTHING: says_nothing,
}
