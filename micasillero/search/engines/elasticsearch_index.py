"""The settings and the strict mapping of an index in Elasticsearch."""

from datetime import UTC, datetime

from ..documents import LAYOUT
from .seam import PRODUCT

# Folding before the stemmer: it leaves words under five letters alone, accents included. The
# stock Spanish stopwords would drop "sin", "no" and "con", which mean something in a tariff.
ANALYSIS = {
    "filter": {
        "articles": {
            "type": "stop",
            "stopwords": ["de", "la", "el", "los", "las", "y", "o", "en", "del"],
        },
        "spanish_light": {"type": "stemmer", "language": "light_spanish"},
    },
    "analyzer": {
        "es": {
            "type": "custom",
            "tokenizer": "standard",
            "filter": ["lowercase", "articles", "asciifolding", "spanish_light"],
        },
    },
}

# While it is being built nobody searches it, and a crash only means building it again: no
# refreshes, no copies, no wait for the disk. ``LIVE_SETTINGS`` end that before it goes live.
BUILDING_SETTINGS = {
    "number_of_shards": 1,
    "number_of_replicas": 0,
    "refresh_interval": "-1",
    "translog": {"durability": "async"},
    "analysis": ANALYSIS,
}
LIVE_SETTINGS = {
    "refresh_interval": "1s",
    "auto_expand_replicas": "0-1",
    "translog": {"durability": "request"},
}

_KEPT = {"type": "keyword", "index": False, "doc_values": False}
_KEPT_NUMBER = {"type": "double", "index": False, "doc_values": False}
_KEPT_TEXT = {"type": "text", "index": False}

# Which documents have a word is all that counts: how often, and where, does not.
_SEARCHED = {"type": "text", "analyzer": "es", "index_options": "docs", "norms": False}

PROPERTIES = {
    "pk": {"type": "long"},
    "hash": {"type": "long", "index": False},
    "code": {"type": "keyword"},
    "item_no": _KEPT,
    "descripcion": _KEPT_TEXT,
    "own": {**_SEARCHED, "copy_to": "words"},
    "ancestors": {**_SEARCHED, "copy_to": "words"},
    "keywords": {**_SEARCHED, "copy_to": "words"},
    "phrases": {"type": "keyword", "doc_values": False},
    "words": _SEARCHED,
    "exclusions": _KEPT_TEXT,
    "courier_category": {"type": "keyword"},
    "reason": _KEPT_TEXT,
    "permit_authority": _KEPT_TEXT,
    "dai": _KEPT_NUMBER,
    "isc": _KEPT_NUMBER,
    "ispc": _KEPT_NUMBER,
    "isv": _KEPT_NUMBER,
}


def mappings(alias: str) -> dict:
    """The mapping, signed: an index without this mark is never deleted by this product."""
    return {
        "dynamic": "strict",
        "_meta": {
            "product": PRODUCT,
            "alias": alias,
            "layout": LAYOUT,
            "created_at": datetime.now(UTC).isoformat(),
        },
        "properties": PROPERTIES,
    }


def build_alias(index: str) -> str:
    """The only name under which an index being built takes writes. Gone once it is live."""
    return f"{index}-build"


def write_alias(index: str) -> str:
    """The name under which a retired index takes writes before it goes live again."""
    return f"{index}-write"
