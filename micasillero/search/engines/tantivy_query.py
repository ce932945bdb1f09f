"""Queries of the embedded engine: the same scores as Elasticsearch's, made of its parts."""

from collections.abc import Mapping

import tantivy

from ..intent import Wanted
from ..ranking import FIELD_WEIGHTS, PHRASE_WEIGHT
from .tantivy_schema import schema

Query = tantivy.Query
MUST, SHOULD = tantivy.Occur.Must, tantivy.Occur.Should


def words_query(asked: Wanted, at_least: int) -> tantivy.Query:
    """At least so many of the words, each where it counts most; and the best phrase."""
    if not asked.groups:
        return Query.empty_query()
    words = [(SHOULD, _best_of(_in_fields(group))) for group in asked.groups]
    enough = Query.boolean_query(words, minimum_number_should_match=at_least)
    phrases = [_weighed("phrases", k, w * PHRASE_WEIGHT) for k, w in asked.phrases.items()]
    if not phrases:
        return enough
    return Query.boolean_query([(MUST, enough), (SHOULD, _best_of(phrases))])


def of_category(query: tantivy.Query, category: str) -> tantivy.Query:
    """The same hits and scores, of one courier category only; of all where it is ""."""
    if not category:
        return query
    return Query.boolean_query([(MUST, query), (MUST, _weighed("courier_category", category, 0.0))])


def _in_fields(group: Mapping[str, float]) -> list[tantivy.Query]:
    return [
        _weighed(field, term, weight * share)
        for term, weight in group.items()
        for field, share in FIELD_WEIGHTS.items()
    ]


def _weighed(field: str, term: str, weight: float) -> tantivy.Query:
    return Query.const_score_query(Query.term_query(schema(), field, term), weight)


def _best_of(queries: list[tantivy.Query]) -> tantivy.Query:
    return Query.disjunction_max_query(queries)
