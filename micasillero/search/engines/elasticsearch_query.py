"""Queries for Elasticsearch: the same shape as the embedded engine's."""

from ..intent import CodeIntent, Intent, TextIntent
from ..ranking import (
    ALL_UP_TO,
    ANCESTORS_WEIGHT,
    ENGLISH_WEIGHT,
    FIELD_TIE_BREAKER,
    OWN_WEIGHT,
    PHRASE_WEIGHT,
    SHARE_OF_MORE,
)

ANSWERED = ["item_no", "descripcion", "courier_category", "dai", "isc", "ispc", "isv"]
ENOUGH = f"{ALL_UP_TO}<{SHARE_OF_MORE}%"
SPANISH_FIELDS = [f"own^{OWN_WEIGHT:g}", f"ancestors^{ANCESTORS_WEIGHT:g}"]


def search_body(intent: Intent, k: int, *, relaxed: bool) -> dict:
    """The body of a `_search`: the best ``k``, ties in the order of the code."""
    if isinstance(intent, CodeIntent):
        query: dict = {"constant_score": {"filter": {"prefix": {"code": intent.digits}}}}
    elif relaxed:
        query = _relaxed(intent)
    else:
        query = _strict(intent)
    return {
        "query": query,
        "size": k,
        "sort": [{"_score": "desc"}, {"code": "asc"}],
        "track_scores": True,
        "track_total_hits": False,
        "_source": ANSWERED,
    }


def _strict(intent: TextIntent) -> dict:
    """Enough of the words must match, each in the line's own text or in its ancestors'."""
    spanish = {
        "multi_match": {
            "query": intent.text,
            "type": "cross_fields",
            "fields": SPANISH_FIELDS,
            "tie_breaker": FIELD_TIE_BREAKER,
            "minimum_should_match": ENOUGH,
        }
    }
    phrase = {"match_phrase": {"own": {"query": intent.text, "boost": PHRASE_WEIGHT}}}
    best = {"dis_max": {"queries": [spanish, _english(intent, ENOUGH)]}}
    return {"bool": {"must": [best], "should": [phrase]}}


def _relaxed(intent: TextIntent) -> dict:
    """Any of the words, typing errors forgiven."""
    near = {
        "multi_match": {
            "query": intent.text,
            "type": "most_fields",
            "fields": SPANISH_FIELDS,
            "fuzziness": "AUTO:5,9",
            "prefix_length": 2,
            "max_expansions": 20,
        }
    }
    return {"dis_max": {"queries": [near, _english(intent, "1")], "tie_breaker": 0.5}}


def _english(intent: TextIntent, enough: str) -> dict:
    return {
        "match": {
            "own_en": {
                "query": intent.text,
                "minimum_should_match": enough,
                "boost": ENGLISH_WEIGHT,
            }
        }
    }
