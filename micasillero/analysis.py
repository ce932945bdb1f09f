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


# Words of a query that say nothing about the goods, in both languages.
QUERY_STOPWORDS = STOPWORDS | frozenset(
    """
    a al an and as by con e for from in is it lo me mi my of on or para por que quiero se su sus
    that the this to u un una unas uno unos with your
    """.split()  # noqa: SIM905 - a list of words, to be read
)


def query_words(text: str) -> list[str]:
    """The folded words of a query that say something, in order, each once; all when none does."""
    every = [fold(word) for word in words(text)]
    return list(dict.fromkeys(w for w in every if w not in QUERY_STOPWORDS) or every)


@lru_cache(maxsize=16_384)
def forms(word: str) -> tuple[str, ...]:
    """The terms that a folded word may stand under: its own, and those of its singular or plural
    in Spanish and English. The light stem leaves words under five letters alone (vaso, vasos)."""
    variants = [word]
    if word.isdigit() or len(word) < SHORTEST_VARIED:
        return (word,)
    if word.endswith("s") and not word.endswith("ss"):
        variants.append(word[:-1])
        variants += [word[: -len(end)] + new for end, new in PLURALS if word.endswith(end)]
    else:
        variants.append(word + "s")
        # Neither language makes a plural in -es of a word in -a or -e: "sillaes" would be stemmed
        # as "sillao" is.
        variants += [word + "es"] if word[-1] not in "ae" else []
        variants += [word[: -len(new)] + end for end, new in PLURALS if new and word.endswith(new)]
    return tuple(dict.fromkeys(stem(variant) for variant in variants))


SHORTEST_VARIED = 3
# (plural ending, singular ending) beyond a plain s.
PLURALS = (("es", ""), ("ies", "y"), ("ves", "f"), ("ves", "fe"))


@lru_cache(maxsize=16_384)
def phrase_key(text: str) -> str:
    """One term for a whole keyword, whatever the order of its words; "" where it has none."""
    return " ".join(sorted({term for term in terms(text) if term not in QUERY_STOPWORDS}))


# Letters that sound alike in Honduras, as people who guess write them; longer ones first.
_SOUNDS = (
    ("np", "mp"), ("nb", "mb"), ("nv", "mb"), ("qu", "k"), ("ck", "k"), ("ch", "1"), ("sh", "1"),
    ("ph", "f"), ("ll", "y"), ("ce", "se"), ("ci", "si"), ("ge", "je"), ("gi", "ji"), ("h", ""),
    ("v", "b"), ("z", "s"), ("x", "s"), ("c", "k"), ("w", "u"),
)  # fmt: skip


@lru_cache(maxsize=65_536)
def sound(term: str) -> str:
    """How a term sounds: what sounds alike is a likely misspelling (bestir, vestir)."""
    for letters, heard in _SOUNDS:
        term = term.replace(letters, heard)
    return "".join(c for at, c in enumerate(term) if not at or c != term[at - 1])
