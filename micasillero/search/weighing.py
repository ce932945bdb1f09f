"""From the words of a query to the terms of an index, each with its weight."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise, product
from typing import Protocol

from micasillero import analysis

from .intent import Wanted
from .ranking import (
    CORRECTED_WEIGHT,
    LONGEST_PHRASE,
    MOST_WORDS,
    names_goods,
    purposes_of,
    rarity,
    weight_of,
)
from .spelling import nearest

# What is tried in phrases: so many words, so many terms of each.
WORDS_IN_PHRASES = 8
TERMS_IN_PHRASES = 2
MOST_PHRASES = 256
# A word of fewer lines than this is doubtful; one of so many times as many is far more usual.
RARE = 40
FAR_MORE = 4
Group = Mapping[str, float]


class Words(Protocol):
    """What weighing asks of an index: an Engine's answers (engines.seam)."""

    def frequencies(self, target: str, terms: Sequence[str]) -> tuple[int, dict[str, int]]: ...

    def alike(self, target: str, terms: Sequence[str]) -> dict[str, list[tuple[str, int]]]: ...


def wanted(text: str, engine: Words, target: str) -> Wanted:
    """Weigh the words of a text by how rare the index has them. Raises as Engine.search."""
    words = analysis.query_words(text)[:MOST_WORDS]
    # Also in one word: "air fryer", airfryer.
    joined = [a + b for a, b in pairwise(words)]
    asked = {term for word in (*words, *joined) for term in analysis.forms(word)}
    documents, frequencies = engine.frequencies(target, sorted(asked))
    having = {term: n for term, n in frequencies.items() if n}
    near = {
        word: {term: 1.0 for term in analysis.forms(word) if term in having}
        for word in (*words, *joined)
    }
    # A colour or a size that no line has says nothing about the goods.
    unknown = [word for word in words if not near[word] and names_goods(word)]
    doubtful = [word for word in words if _is_doubtful(near[word], having, word)]
    if doubtful:
        meant = engine.alike(target, [analysis.stem(word) for word in doubtful])
        for word in doubtful:
            term = analysis.stem(word)
            right = _put_right(term, near[word], meant.get(term, ()), having)
            near[word] |= {other: closeness for other, (closeness, _n) in right.items()}
            having |= {other: n for other, (_closeness, n) in right.items()}
    known = [word for word in (*words, *joined) if near[word]]
    purposes = purposes_of(text)
    groups = tuple(
        _weighed(word, near[word], weight_of(word, purposes), documents, having) for word in known
    )
    return Wanted(groups, _phrases(groups), bool(unknown), tuple(known))


def _weighed(
    word: str, near: Group, weight: float, documents: int, having: Mapping[str, int]
) -> Group:
    """The terms of a word, none rarer than the word as it is written: a plural that one line has by
    accident says no more than the singular."""
    written = having.get(analysis.stem(word), 0)
    return {
        term: closeness * weight * rarity(documents, max(written, having[term]))
        for term, closeness in near.items()
    }


def _is_doubtful(known: Group, having: Mapping[str, int], word: str) -> bool:
    """Few lines have it, if any: it may be a misspelling of what many have."""
    return names_goods(word) and sum(having[term] for term in known) < RARE


def _put_right(
    term: str, known: Group, meant: Sequence[tuple[str, int]], having: Mapping[str, int]
) -> dict[str, tuple[float, int]]:
    """What was meant besides, with how near it is and in how many documents: for an unknown word
    the nearest; for a rare one, which may be a misspelling that some keyword has too, what sounds
    the same and is far more usual."""
    if not known:
        documents = dict(meant)
        found = nearest(term, documents)
        return {other: (near * CORRECTED_WEIGHT, documents[other]) for other, near in found.items()}
    usual = FAR_MORE * max(having[own] for own in known)
    heard = analysis.sound(term)
    return {
        other: (CORRECTED_WEIGHT, documents)
        for other, documents in meant
        # Of thousands of words few are usual enough: the cheapest question first.
        if documents >= usual and other not in known and analysis.sound(other) == heard
    }


def _phrases(groups: Sequence[Group]) -> dict[str, float]:
    """The keywords that these words may name whole, whatever their order, with the weight of
    their words; of very many the heaviest."""
    heaviest = sorted(groups, key=lambda group: -max(group.values()))[:WORDS_IN_PHRASES]
    found: dict[str, float] = {}
    for terms, weight in _choices(heaviest):
        key = " ".join(sorted(terms))
        found[key] = max(weight, found.get(key, 0.0))
    kept = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(kept[:MOST_PHRASES])


def _choices(groups: Sequence[Group]) -> Iterator[tuple[set[str], float]]:
    for size in range(1, min(LONGEST_PHRASE, len(groups)) + 1):
        for some in combinations(groups, size):
            for terms in product(*(list(group)[:TERMS_IN_PHRASES] for group in some)):
                weights = (group[term] for group, term in zip(some, terms, strict=True))
                yield set(terms), sum(weights)
