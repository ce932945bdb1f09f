"""How well the goods are found on both engines, with the lexicon and no key.

The figures are the promise of the README, on the official tariff and the queries that the weights
were chosen on: in `make soak`, for its 418,000 keywords take minutes. In the suite, and where that
tariff is not, the same floor holds on the built-in catalogue and the queries shipped with it.
"""

import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from micasillero.catalog.builtin import load_builtin
from micasillero.catalog.categories import shipped_rules
from micasillero.catalog.importing import import_file
from micasillero.generation.run import generate
from micasillero.generation.scope import Scope
from micasillero.quality.evaluate import evaluate
from micasillero.quality.judged import read_judged
from micasillero.quality.shipped import shipped_queries
from micasillero.search.engines.elasticsearch import ElasticsearchEngine
from micasillero.search.engines.elasticsearch_client import connect
from micasillero.search.engines.tantivy import TantivyEngine
from micasillero.search.query import search
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork
from tests.support.clocks import SOAK
from tests.support.servers import given_node

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
TARIFF, QUERIES = DATA / "arancel_hn_2022.csv", DATA / "search_queries_dev.json"
OFFICIAL = SOAK and TARIFF.exists() and QUERIES.exists()
# The rows are the module's own; this tells pytest-django that there is to be a database at all.
pytestmark = pytest.mark.django_db
on_the_official_tariff = pytest.mark.skipif(
    not OFFICIAL, reason=f"only in a soak, and with the official tariff at {DATA}"
)
on_each_engine = pytest.mark.parametrize("engine", ["elasticsearch", "tantivy"])
WITHIN = 3
ASKED = {
    "audífonos bluetooth": "8518.30",
    "camisa de algodon para hombre": "6205.20",
    "wireless headphones": "8518.30",
    "cotton t-shirt azul de hombre": "6109.10",
    "funda case para laptop": "4202.92",
    "tenis nike": "6404.11",
    "samsung galaxy s23": "8517.13",
    "lego star wars": "9503.00",
    "MENS RUNNING SHOES SZ 10 BLK": "6404.11",
    "8517.13": "8517.13",
    "85171300": "8517.13",
    "8517.13.0090": "8517.13",
}
MISSPELT = {
    "telefono celuar": "8517.13",
    "maqina de coser": "8452.10",
    "zapatiyas deportivas": "6404.11",
    "perfumme de mujer": "3303.00",
}
NOT_FREE = {
    "fuegos artificiales": ("3604.10", "PROHIBITED"),
    "pistola": ("9302.00", "PROHIBITED"),
    "billetes de banco": ("4907.00", "PROHIBITED"),
    "drone con camara": ("8806.21", "RESTRICTED"),
    "vape desechable": ("8543.40", "RESTRICTED"),
    "vino tinto": ("2204.21", "RESTRICTED"),
    "bateria de litio": ("8507.60", "RESTRICTED"),
}


@pytest.fixture(scope="module")
def engines(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """Both engines by name, with an index of the official tariff, else of the built-in one."""
    node = request.getfixturevalue("node")
    alias = f"partidas-{uuid.uuid4().hex[:8]}"
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "ELASTICSEARCH_URL", given_node() or node.url)
        elasticsearch = ElasticsearchEngine(connect(), alias)
        engines = [elasticsearch, TantivyEngine(tmp_path_factory.mktemp("search"), alias)]
        try:
            import_file(TARIFF) if OFFICIAL else load_builtin()
            generate(SilentWork(), scope=Scope())
            for engine in engines:
                rebuild_index(work=SilentWork(), token="quality", engine=engine)
            yield {engine.name: engine for engine in engines}
        finally:
            call_command("flush", verbosity=0, interactive=False)
            for index in elasticsearch.indices():
                elasticsearch.client.indices.delete(index=index.name)


@pytest.fixture(scope="module")
def found(engines):
    """The evaluation of each engine, by its name."""
    queries = read_judged(QUERIES) if OFFICIAL else shipped_queries()
    return {
        name: evaluate(queries, lambda text, k, engine=engine: search(text, k, engine=engine))
        for name, engine in engines.items()
    }


@on_each_engine
def test_most_queries_find_their_line_among_the_first_five(found, engine):
    told = found[engine].summary()
    assert told["n"] == (200 if OFFICIAL else 198)
    assert told["S@5"] >= 0.92
    assert told["MRR@10"] >= 0.80
    assert told["zero_result_rate"] <= 0.01


@on_the_official_tariff
@on_each_engine
def test_no_kind_of_query_is_left_behind(found, engine):
    by_type = found[engine].summary()["by_type"]
    assert {kind: row["S@5"] for kind, row in by_type.items() if row["S@5"] < 0.80} == {}


def test_both_engines_put_the_same_line_first(found):
    first = [
        {outcome.id: outcome.codes[:1] for outcome in evaluation.outcomes}
        for evaluation in found.values()
    ]
    differing = [name for name in first[0] if first[0][name] != first[1][name]]
    assert len(differing) <= 0.1 * len(first[0]), differing


def answers(engine, queries):
    return {query: search(query, WITHIN, engine=engine) for query in queries}


@on_each_engine
def test_every_way_of_asking_finds_the_goods(engines, engine):
    """Spanish, English, both, brands, the words of an invoice, codes in any spelling."""
    missed = {
        query: [hit.code for hit in answer.hits]
        for query, answer in answers(engines[engine], ASKED).items()
        if not any(hit.code.startswith(ASKED[query]) for hit in answer.hits)
    }
    assert missed == {}


@on_each_engine
def test_a_misspelt_word_finds_the_goods_and_is_said_so(engines, engine):
    told = {
        query: (answer.hits[0].code[:7], answer.relaxed)
        for query, answer in answers(engines[engine], MISSPELT).items()
    }
    assert told == {query: (code, True) for query, code in MISSPELT.items()}


@on_each_engine
def test_goods_that_are_not_free_are_found_and_marked_with_the_reason(engines, engine):
    for query, answer in answers(engines[engine], NOT_FREE).items():
        code, category = NOT_FREE[query]
        hit = next((hit for hit in answer.hits if hit.code.startswith(code)), None)
        assert hit is not None, query
        assert hit.courier_category == category
        assert hit.reason == shipped_rules().verdict(hit.code).reason != ""
