"""How texts are scored against each other."""

import pytest
from elasticsearch import ApiError, Elasticsearch

from .indices import create, found

pytestmark = pytest.mark.live


SHORT, LONG = "teléfono", "teléfono de mesa con cable y contestador para la oficina"
FLAT = {"similarity": {"default": {"type": "BM25", "b": 0}}}


def scores_of_short_and_long(es: Elasticsearch, name: str, **settings) -> dict[str, float]:
    index = create(es, name, {"text": {"type": "text", "analyzer": "es"}}, **settings)
    es.index(index=index, id="short", document={"text": SHORT})
    es.index(index=index, id="long", document={"text": LONG}, refresh=True)
    return found(es, index, {"match": {"text": "teléfono"}})


def test_a_long_text_scores_less_by_default(es: Elasticsearch, prefix: str):
    scores = scores_of_short_and_long(es, prefix)
    assert scores["short"] > scores["long"]


def test_without_length_a_long_text_scores_the_same(es: Elasticsearch, prefix: str):
    scores = scores_of_short_and_long(es, prefix, **FLAT)
    assert scores["short"] == pytest.approx(scores["long"])


def test_combined_fields_finds_words_spread_over_fields(es: Elasticsearch, prefix: str):
    text = {"type": "text", "analyzer": "es"}
    index = create(es, prefix, {"own": text, "ancestors": text}, **FLAT)
    es.index(index=index, id="1", document={"own": "De algodón", "ancestors": "Camisas"})
    es.index(index=index, id="2", document={"own": "De lana", "ancestors": "Abrigos"}, refresh=True)
    query = {
        "combined_fields": {
            "query": "camisa algodón",
            "fields": ["own^3", "ancestors"],
            "operator": "and",
        }
    }
    assert list(found(es, index, query)) == ["1"]


def test_combined_fields_refuses_a_field_with_a_similarity_of_its_own(
    es: Elasticsearch, prefix: str
):
    text = {"type": "text", "analyzer": "es"}
    properties = {"own": text, "keywords": {**text, "similarity": "flat"}}
    index = create(es, prefix, properties, similarity={"flat": {"type": "BM25", "b": 0}})
    query = {"combined_fields": {"query": "x", "fields": ["own", "keywords"]}}
    with pytest.raises(ApiError) as refusal:
        es.search(index=index, query=query)
    assert refusal.value.status_code == 400
