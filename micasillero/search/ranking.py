"""The weights of a query, the same for both engines.

An engine's own BM25 would judge a line by the length of its texts and by how many keywords it has.
Here a line is judged by which words of the query it has and in which field, each by its rarity in
the index, and by whether the query names one of its keywords whole. Chosen on the development
queries, on which alone they may be tuned.
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from micasillero.analysis import fold, forms, words

from .intent import Hit

# What a word counts by where it stands; a line has it once, where it counts most.
FIELD_WEIGHTS = {"keywords": 1.0, "own": 0.8, "ancestors": 0.5}
# What a keyword that the query names whole adds, of the weight of its words.
PHRASE_WEIGHT = 1.0
# A word that was put right counts for a little less than one that was written so.
CORRECTED_WEIGHT = 0.8
# Colours, sizes and counts are part of many an invoice line and seldom of the goods' name.
ATTRIBUTE_WEIGHT = 0.35
ATTRIBUTES = frozenset(
    """
    negro negra blanco blanca rojo roja azul verde amarillo amarilla rosado rosada rosa morado
    morada gris cafe dorado dorada plateado plateada celeste beige color colour black white red
    blue green yellow pink purple gray grey brown gold golden silver navy blk wht gry clr
    talla size sz small medium large xl xxl xs chico chica mediano mediana grande pequeno pequena
    pcs pc pieces piece pza pzas pieza piezas pack paquete units unit unidad unidades qty lot lote
    set new nuevo nueva original usado usada used
    oz ml lb lbs kg gr gram grams gramos inch inches pulgada pulgadas cm mm ft feet pies metros
    """.split()  # noqa: SIM905 - a list of words, to be read
)
_ATTRIBUTE_FORMS = frozenset(form for word in ATTRIBUTES for form in forms(word))
# What the goods are for says less than what they are: spark plugs for a Corolla are no car.
PURPOSE_WEIGHT = 0.5
PURPOSE_MARKS = frozenset({"para", "for", "fits", "compatible"})
MOST_WORDS = 12
LONGEST_PHRASE = 4
# So many lines of one subheading come first; the others follow those of other subheadings, which
# are more of an answer than a third line that differs in nothing the query names.
LINES_OF_A_SUBHEADING = 2
SUBHEADING = len("6404.11")
# All of up to two words must match for a hit to be no near miss, three quarters of more.
ALL_UP_TO = 2
SHARE_OF_MORE = 75


def is_attribute(word: str) -> bool:
    """Whether a folded word of a query is a colour, a size or a count, in any of its forms."""
    return not _ATTRIBUTE_FORMS.isdisjoint(forms(word))


def purposes_of(text: str) -> frozenset[str]:
    """The folded words of a query that say what the goods are for, single and joined as weighing
    asks for them: those behind a PURPOSE_MARK that do not stand before it too."""
    every = [fold(word) for word in words(text)]
    mark = next((n for n, word in enumerate(every) if n and word in PURPOSE_MARKS), len(every))
    behind = [word for word in every[mark + 1 :] if word not in every[:mark]]
    return frozenset(behind) | {first + second for first, second in pairwise(behind)}


def weight_of(word: str, purposes: frozenset[str]) -> float:
    """What a folded word of a query counts by, apart from its rarity."""
    if is_attribute(word):
        return ATTRIBUTE_WEIGHT
    return PURPOSE_WEIGHT if word in purposes else 1.0


def names_goods(word: str) -> bool:
    """Whether a folded word of a query says what the goods are: no attribute and no number."""
    return not word.isdigit() and not is_attribute(word)


def must_match(words: int) -> int:
    """How many of that many words that name the goods a hit must have."""
    return words if words <= ALL_UP_TO else words * SHARE_OF_MORE // 100


def rarity(documents: int, having: int) -> float:
    """The weight of a term that so many of the documents have: BM25's idf (Robertson, Zaragoza
    2009, with the 1 that Lucene adds to keep it positive)."""
    return math.log(1 + (documents - having + 0.5) / (having + 0.5))


def spread(hits: Sequence[Hit], k: int) -> list[Hit]:
    """The first ``k`` with LINES_OF_A_SUBHEADING of each subheading before the others."""
    first: list[Hit] = []
    later: list[Hit] = []
    seen: Counter[str] = Counter()
    for hit in hits:
        subheading = hit.code[:SUBHEADING]
        seen[subheading] += 1
        (first if seen[subheading] <= LINES_OF_A_SUBHEADING else later).append(hit)
    return (first + later)[:k]
