"""The analysis parts of the index, which come from our plugin."""

import pytest
from elasticsearch import BadRequestError, Elasticsearch

from tools.elasticsearch_node import Node

from .indices import create, found, tokens

pytestmark = pytest.mark.live


@pytest.mark.parametrize(
    ("one", "other"),
    [("azúcar", "AZÚCARES"), ("camión", "camiones"), ("café", "cafe"), ("lápiz", "lápices")],
)
def test_light_spanish_after_folding_brings_forms_together(
    es: Elasticsearch, prefix: str, one: str, other: str
):
    index = create(es, prefix, {})
    assert tokens(es, index, "es", one) == tokens(es, index, "es", other)


@pytest.mark.parametrize(("one", "other"), [("tejidos", "tejas"), ("calzado", "calzas")])
def test_light_spanish_keeps_other_words_apart(
    es: Elasticsearch, prefix: str, one: str, other: str
):
    index = create(es, prefix, {})
    assert tokens(es, index, "es", one) != tokens(es, index, "es", other)


def test_our_stopwords_leave_those_that_carry_meaning(es: Elasticsearch, prefix: str):
    index = create(es, prefix, {})
    kept = tokens(es, index, "es", "leche sin azúcar de la vaca")
    assert kept == ["lech", "sin", "azucar", "vaca"]


def test_the_exact_analyzer_keeps_the_tilde_of_the_letter(es: Elasticsearch, prefix: str):
    index = create(es, prefix, {})
    assert tokens(es, index, "es_exact", "Caña") == ["caña"]


def test_english_words_lose_plural_and_possessive(es: Elasticsearch, prefix: str):
    index = create(es, prefix, {})
    assert tokens(es, index, "en", "Women's shoes") == ["women", "shoe"]


def test_unique_drops_repeated_words(es: Elasticsearch, prefix: str):
    index = create(es, prefix, {})
    assert tokens(es, index, "words_once", "té verde té negro") == ["té", "verde", "negro"]


def test_the_beginning_of_a_word_finds_it(es: Elasticsearch, prefix: str):
    properties = {"text": {"type": "text", "analyzer": "prefix", "search_analyzer": "folded"}}
    index = create(es, prefix, properties)
    es.index(index=index, id="1", document={"text": "Computadora portátil"}, refresh=True)
    assert found(es, index, {"match": {"text": "compu"}})
    assert not found(es, index, {"match": {"text": "puta"}})


@pytest.mark.parametrize("typed", ["8517.13.00.00", "8517130000", "8517 13 00 00"])
def test_a_code_is_found_however_it_is_written(es: Elasticsearch, prefix: str, typed: str):
    index = create(es, prefix, {"code": {"type": "keyword", "normalizer": "code"}})
    es.index(index=index, id="1", document={"code": "8517.13.00.00"}, refresh=True)
    assert found(es, index, {"term": {"code": typed}})


def test_the_beginning_of_a_code_finds_it(es: Elasticsearch, prefix: str):
    properties = {"code": {"type": "text", "analyzer": "code_prefix", "search_analyzer": "keyword"}}
    index = create(es, prefix, properties)
    es.index(index=index, id="1", document={"code": "8517.13.00.00"}, refresh=True)
    assert found(es, index, {"match": {"code": "851713"}})
    assert not found(es, index, {"match": {"code": "1713"}})


@pytest.mark.needs_own_node
def test_synonyms_are_read_anew_without_reopening_the_index(
    own: Node, es: Elasticsearch, prefix: str
):
    synonyms = own.config / f"{prefix}.txt"
    synonyms.write_text("celular, teléfono móvil\n")
    analysis = {
        "filter": {
            "synonyms": {
                "type": "synonym_graph",
                "synonyms_path": synonyms.name,
                "updateable": True,
            }
        },
        "analyzer": {
            "plain": {"tokenizer": "standard", "filter": ["lowercase", "asciifolding"]},
            "wide": {
                "tokenizer": "standard",
                "filter": ["lowercase", "asciifolding", "synonyms"],
            },
        },
    }
    properties = {"text": {"type": "text", "analyzer": "plain", "search_analyzer": "wide"}}
    index = create(es, prefix, properties, analysis=analysis)
    es.index(index=index, id="1", document={"text": "Teléfono móvil"}, refresh=True)
    assert found(es, index, {"match": {"text": "celular"}})
    assert not found(es, index, {"match": {"text": "cel"}})
    synonyms.write_text("cel, celular, teléfono móvil\n")
    es.indices.reload_search_analyzers(index=index)
    assert found(es, index, {"match": {"text": "cel"}})


@pytest.mark.parametrize(
    "part",
    [
        {"type": "stemmer", "language": "klingon"},
        {"type": "edge_ngram", "min_gram": 2, "max_garm": 15},
    ],
)
@pytest.mark.needs_own_node
def test_our_plugin_refuses_what_it_does_not_know(
    own: Node, es: Elasticsearch, prefix: str, part: dict
):
    with pytest.raises(BadRequestError, match="does not know"):
        es.indices.create(index=prefix, settings={"analysis": {"filter": {"part": part}}})
