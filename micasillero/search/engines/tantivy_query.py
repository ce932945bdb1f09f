"""Queries of the embedded engine: the same shape as Elasticsearch's, made of its parts."""

from collections.abc import Iterable

import tantivy

from .. import analysis
from ..ranking import (
    ANCESTORS_WEIGHT,
    ENGLISH_WEIGHT,
    FIELD_TIE_BREAKER,
    OWN_WEIGHT,
    PHRASE_WEIGHT,
    edits_allowed,
    must_match,
)
from .tantivy_schema import english_terms, schema

PREFIX_LENGTH = 2
EXPANSIONS = 20

Query = tantivy.Query
SHOULD = tantivy.Occur.Should


def text_query(text: str) -> tantivy.Query:
    """Enough of the words must match, each in the line's own text or in its ancestors'."""
    spanish = unique(analysis.terms(text))
    alternatives = []
    if spanish:
        per_word = [(SHOULD, _spanish_word(term)) for term in spanish]
        alternatives.append(_enough(per_word))
    english = unique(english_terms(text))
    if english:
        per_word = [(SHOULD, _weighted("own_en", term, ENGLISH_WEIGHT)) for term in english]
        alternatives.append(_enough(per_word))
    if not alternatives:
        return Query.empty_query()
    best = Query.disjunction_max_query(alternatives)
    if len(spanish) < 2:
        return best
    words: list[str | tuple[int, str]] = list(analysis.terms(text))
    phrase = Query.phrase_query(schema(), "own", words)
    return Query.boolean_query(
        [(tantivy.Occur.Must, best), (SHOULD, Query.boost_query(phrase, PHRASE_WEIGHT))]
    )


def relaxed_query(text: str, searcher: tantivy.Searcher) -> tantivy.Query:
    """Any of the words, typing errors forgiven."""
    wanted: list[tuple[tantivy.Occur, tantivy.Query]] = []
    for term in unique(analysis.terms(text)):
        near = [(SHOULD, _spanish_word(term))]
        for word, distance in _near_words(term, searcher):
            weight = 1.0 - distance / len(term)
            near.append((SHOULD, Query.boost_query(_spanish_word(word), weight)))
        wanted.append((SHOULD, Query.disjunction_max_query([query for _, query in near])))
    for term in unique(english_terms(text)):
        wanted.append((SHOULD, _weighted("own_en", term, ENGLISH_WEIGHT)))
    return Query.boolean_query(wanted) if wanted else Query.empty_query()


def unique(terms: Iterable[str]) -> list[str]:
    """The terms without repeats, in order."""
    return list(dict.fromkeys(terms))


def _enough(per_word: list[tuple[tantivy.Occur, tantivy.Query]]) -> tantivy.Query:
    return Query.boolean_query(per_word, minimum_number_should_match=must_match(len(per_word)))


def _weighted(field: str, term: str, weight: float) -> tantivy.Query:
    return Query.boost_query(Query.term_query(schema(), field, term), weight)


def _spanish_word(term: str) -> tantivy.Query:
    return Query.disjunction_max_query(
        [_weighted("own", term, OWN_WEIGHT), _weighted("ancestors", term, ANCESTORS_WEIGHT)],
        tie_breaker=FIELD_TIE_BREAKER,
    )


def _near_words(term: str, searcher: tantivy.Searcher) -> list[tuple[str, int]]:
    """(indexed word, edits) for the words that begin alike and differ little, nearest first."""
    allowed = edits_allowed(term)
    if not allowed:
        return []
    words: dict[str, int] = {}
    for field in ("own", "ancestors"):
        words.update(searcher.terms_with_prefix(field, term[:PREFIX_LENGTH]))
    near = []
    for word, frequency in words.items():
        if word != term and abs(len(word) - len(term)) <= allowed:
            edits = distance(term, word, allowed)
            if edits <= allowed:
                near.append((edits, -frequency, word))
    return [(word, edits) for edits, _frequency, word in sorted(near)[:EXPANSIONS]]


def distance(left: str, right: str, most: int) -> int:
    """Edits between two words, a swap of neighbours counting as one; ``most`` + 1 if more."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        last, before_last = row, before
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before = last
        if min(row) > most:
            return most + 1
    return row[-1]
