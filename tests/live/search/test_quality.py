"""How well the goods are found, with the real tariff, the lexicon and no key.

The figures are the promise of the README, on the queries that the weights were chosen on.
"""

import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from micasillero.catalog.importing import import_file
from micasillero.generation.run import Scope, generate
from micasillero.quality.evaluate import evaluate
from micasillero.quality.judged import read_judged
from micasillero.search.engines.elasticsearch import ElasticsearchEngine
from micasillero.search.engines.elasticsearch_client import connect
from micasillero.search.engines.tantivy import TantivyEngine
from micasillero.search.query import search
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork
from tools.elasticsearch_node import external_url

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
TARIFF, QUERIES = DATA / "arancel_hn_2022.csv", DATA / "search_queries_dev.json"
pytestmark = pytest.mark.skipif(
    not (TARIFF.exists() and QUERIES.exists()), reason=f"the official tariff is not at {DATA}"
)


@pytest.fixture(scope="module")
def found(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """The evaluation of each engine, by its name."""
    node = request.getfixturevalue("node")
    alias = f"partidas-{uuid.uuid4().hex[:8]}"
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "ELASTICSEARCH_URL", external_url() or node.url)
        elasticsearch = ElasticsearchEngine(connect(), alias)
        engines = [elasticsearch, TantivyEngine(tmp_path_factory.mktemp("search"), alias)]
        try:
            import_file(TARIFF)
            generate(SilentWork(), scope=Scope())
            yield {engine.name: _evaluated(engine) for engine in engines}
        finally:
            call_command("flush", verbosity=0, interactive=False)
            for index in elasticsearch.indices():
                elasticsearch.client.indices.delete(index=index.name)


def _evaluated(engine):
    rebuild_index(work=SilentWork(), token="quality", engine=engine)
    return evaluate(read_judged(QUERIES), lambda text, k: search(text, k, engine=engine))


@pytest.mark.parametrize("engine", ["elasticsearch", "tantivy"])
def test_most_queries_find_their_line_among_the_first_five(found, engine):
    told = found[engine].summary()
    assert told["n"] == 200
    assert told["S@5"] >= 0.92
    assert told["MRR@10"] >= 0.80
    assert told["zero_result_rate"] <= 0.01


@pytest.mark.parametrize("engine", ["elasticsearch", "tantivy"])
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
