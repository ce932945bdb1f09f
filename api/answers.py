"""Answers kept for a while, so that what many ask is searched once.

Under the hash of what was asked and of the state of the index: after any change of the index the
old answers are under keys that nobody asks for any more. Neither key nor answer holds the query.
"""

from hashlib import sha256

import orjson
from django.conf import settings
from django.core.cache import caches

from micasillero.search.query import SearchAnswer

from . import limits

CACHE = "api_responses"
# Grows when the same answer is written otherwise.
FORM = 1


def key_of(query: str, k: int, category: str, language: str, generation: str) -> str:
    """The key of an answer: the same for the same words in capitals and small letters."""
    asked = [FORM, query.lower(), k, category, language, generation]
    return sha256(orjson.dumps(asked)).hexdigest()


def kept(key: str) -> dict | None:
    """The answer under that key, without its query; None where there is none, or no cache."""
    return None if limits.redis_is_away() else caches[CACHE].get(key)


def keep(key: str, answer: SearchAnswer) -> dict:
    """Keep the answer; returns what ``kept`` will."""
    told = answer.as_json()
    del told["query"]
    if not limits.redis_is_away():
        caches[CACHE].set(key, told, settings.API_CACHE_SECONDS)
    return told
