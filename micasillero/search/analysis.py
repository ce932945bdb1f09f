"""How text becomes search terms, for the embedded engine.

Elasticsearch analyses for itself; this is the same chain in Python, so that both engines match
the same lines: split into words, lower case, drop a few articles, fold accents, stem lightly.
Folding comes before stemming because the stemmer leaves words under five letters alone, accents
included (maíz would not meet maiz).
"""

import re
import unicodedata
from functools import lru_cache

# Only words that carry no meaning in a tariff: "sin", "no" and "con" do carry some and stay.
STOPWORDS = frozenset({"de", "la", "el", "los", "las", "y", "o", "en", "del"})
SHORTEST_STEMMED = 5

# A raised figure ends a word (m² is "m"), as it does for Lucene.
_LETTERS = r"[^\W_¹²³]"
_WORD = re.compile(rf"{_LETTERS}*\d+(?:[.,]\d+)+{_LETTERS}*|{_LETTERS}+")


def fold(text: str) -> str:
    """Lower case without accents: ``"Caña"`` is ``"cana"``."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """The light Spanish stem of a folded word, after J. Savoy: gender and number only.

    A final -o, -a or -e goes, and so do the plurals -os, -as and -es; -ces is the plural of -z
    (luces, luz) and -eses that of -es (meses, mes).
    """
    if len(word) < SHORTEST_STEMMED:
        return word
    if word[-1] in "oae":
        return word[:-1]
    if word.endswith("eses"):
        return word[:-2]
    if word.endswith("ces"):
        return word[:-3] + "z"
    if word.endswith(("os", "as", "es")):
        return word[:-2]
    return word


def words(text: str) -> list[str]:
    """The words of a text in lower case, accents kept; ``3.5`` stays one word."""
    return _WORD.findall(text.lower())


def terms(text: str) -> list[str]:
    """The Spanish search terms of a text, in order, repeats included."""
    return [stem(fold(word)) for word in words(text) if word not in STOPWORDS]


@lru_cache(maxsize=4_096)
def joined_terms(text: str) -> str:
    """``terms`` joined by spaces. Cached: ancestors' texts repeat for all lines below them."""
    return " ".join(terms(text))
