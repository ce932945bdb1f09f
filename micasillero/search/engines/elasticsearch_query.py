"""Queries for Elasticsearch: the same scores as the embedded engine's."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..intent import CodeIntent, Intent
from ..ranking import FIELD_WEIGHTS, PHRASE_WEIGHT

ANSWERED = [
    *("item_no", "descripcion", "courier_category", "reason", "permit_authority"),
    *("dai", "isc", "ispc", "isv"),
]
MOST_ALIKE = 20


def search_body(intent: Intent, k: int, *, at_least: int = 1, category: str = "") -> dict:
    """The body of a `_search`: the best ``k``, ties in the order of the code; of one courier
    category where one is given."""
    if isinstance(intent, CodeIntent):
        query: dict = {"constant_score": {"filter": {"prefix": {"code": intent.digits}}}}
    else:
        words = [_best_of(_in_fields(group)) for group in intent.groups]
        enough = {"bool": {"should": words, "minimum_should_match": at_least}}
        phrases = [_weighed("phrases", k, w * PHRASE_WEIGHT) for k, w in intent.phrases.items()]
        query = {"bool": {"must": [enough], "should": [_best_of(phrases)] if phrases else []}}
    if category:
        query = {"bool": {"must": query, "filter": {"term": {"courier_category": category}}}}
    return {
        "query": query,
        "size": k,
        "sort": [{"_score": "desc"}, {"code": "asc"}],
        "track_scores": True,
        "track_total_hits": False,
        "_source": ANSWERED,
    }


def generation_body() -> dict:
    """The body of a `_search` that tells one state of an index from every other.

    It asks what a search can see: an operation that is not yet refreshed does not count. A write
    raises the highest sequence number, a deletion lowers the total.
    """
    return {
        "size": 1,
        "sort": [{"_seq_no": "desc"}],
        "track_total_hits": True,
        "_source": False,
    }


def frequencies_body(terms: Sequence[str]) -> dict:
    """The body of a `_search` that counts the documents, and those that have each term."""
    having = {"filters": {str(n): {"term": {"words": term}} for n, term in enumerate(terms)}}
    return {
        "size": 0,
        "track_total_hits": True,
        **({"aggs": {"having": {"filters": having}}} if terms else {}),
    }


def alike_body(terms: Sequence[str]) -> dict:
    """The body of a `_search` for the words that differ little from each term."""
    options: dict[str, Any] = {
        "field": "words",
        # They are terms already: stemmed once more they might be others.
        "analyzer": "whitespace",
        "suggest_mode": "always",
        "string_distance": "damerau_levenshtein",
        "accuracy": 0.3,
        "max_edits": 2,
        "prefix_length": 0,
        "min_word_length": 3,
        "size": MOST_ALIKE,
        "shard_size": MOST_ALIKE * 5,
    }
    return {
        "size": 0,
        "suggest": {str(n): {"text": term, "term": options} for n, term in enumerate(terms)},
    }


def _in_fields(group: Mapping[str, float]) -> list[dict]:
    return [
        _weighed(field, term, weight * share)
        for term, weight in group.items()
        for field, share in FIELD_WEIGHTS.items()
    ]


def _weighed(field: str, term: str, weight: float) -> dict:
    return {"constant_score": {"filter": {"term": {field: term}}, "boost": weight}}


def _best_of(queries: list[dict]) -> dict:
    return {"dis_max": {"queries": queries}}
