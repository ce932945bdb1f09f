"""Indices as the product makes them: strict, with the analysis of the design."""

from elasticsearch import Elasticsearch

ANALYSIS = {
    "char_filter": {"digits": {"type": "pattern_replace", "pattern": "\\D", "replacement": ""}},
    "filter": {
        "spanish_stop": {"type": "stop", "stopwords": ["de", "la", "el", "los", "las", "y"]},
        "light_spanish": {"type": "stemmer", "language": "light_spanish"},
        "possessive": {"type": "stemmer", "language": "possessive_english"},
        "english": {"type": "stemmer", "language": "english"},
        "prefixes": {"type": "edge_ngram", "min_gram": 2, "max_gram": 15},
    },
    "normalizer": {"code": {"type": "custom", "char_filter": ["digits"]}},
    "analyzer": {
        "es": {
            "tokenizer": "standard",
            "filter": ["lowercase", "spanish_stop", "asciifolding", "light_spanish"],
        },
        "es_exact": {"tokenizer": "standard", "filter": ["lowercase"]},
        "en": {
            "tokenizer": "standard",
            "filter": ["lowercase", "asciifolding", "possessive", "english"],
        },
        "prefix": {"tokenizer": "standard", "filter": ["lowercase", "asciifolding", "prefixes"]},
        "folded": {"tokenizer": "standard", "filter": ["lowercase", "asciifolding"]},
        "code_prefix": {
            "tokenizer": "keyword",
            "char_filter": ["digits"],
            "filter": ["prefixes"],
        },
        "words_once": {"tokenizer": "whitespace", "filter": ["trim", "unique"]},
    },
}


def create(es: Elasticsearch, name: str, properties: dict, **settings) -> str:
    es.indices.create(
        index=name,
        settings={"number_of_shards": 1, "number_of_replicas": 0, "analysis": ANALYSIS, **settings},
        mappings={"dynamic": "strict", "properties": properties},
    )
    return name


def tokens(es: Elasticsearch, index: str, analyzer: str, text: str) -> list[str]:
    answer = es.indices.analyze(index=index, analyzer=analyzer, text=text)
    return [token["token"] for token in answer["tokens"]]


def found(es: Elasticsearch, index: str, query: dict) -> dict[str, float]:
    hits = es.search(index=index, query=query)["hits"]["hits"]
    return {hit["_id"]: hit["_score"] for hit in hits}
