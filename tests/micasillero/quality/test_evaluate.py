"""The measures, worked out by hand on a few queries."""

import math

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.quality.evaluate import evaluate
from micasillero.quality.judged import JudgedQuery
from micasillero.search.intent import Hit
from micasillero.search.query import SearchAnswer
from micasillero.work import SilentWork, Stopped

pytestmark = pytest.mark.django_db

CODES = [f"6404.1{n}.00.00" for n in range(8)]


@pytest.fixture(autouse=True)
def lines():
    for code in CODES:
        PartidaArancelaria.objects.create(item_no=code, descripcion="x", is_leaf=True)


def judged(name, relevant, best=(), kind="es"):
    return JudgedQuery(name, f"query {name}", kind, "shoes", tuple(relevant), tuple(best))


def answering(**codes):
    """A search that knows the answers by the last letter of the query; all scores tie."""

    def search(text, k):
        hits = [Hit(code, "", 1.0, "ALLOWED", {}) for code in codes.get(text[-1], ())]
        return SearchAnswer(text, text.endswith("r"), hits[:k])

    return search


def test_the_measures_of_a_query(lines):
    query = judged("a", ["6404.11", "6404.12", "6404.13"], best=["6404.12"])
    found = evaluate([query], answering(a=[CODES[0], CODES[1], CODES[2]])).summary()
    assert (found["n"], found["S@1"], found["S@5"]) == (1, 0.0, 1.0)
    assert (found["P@5"], found["MRR@10"]) == (0.4, 0.5)
    got = 1 / math.log2(3) + 2 / math.log2(4)
    ideal = 2 + 1 / math.log2(3) + 1 / math.log2(4)
    assert found["nDCG@10"] == pytest.approx(got / ideal, abs=1e-4)


def test_the_place_decides_where_scores_tie():
    query = judged("a", ["6404.17"])
    first = evaluate([query], answering(a=[CODES[7], CODES[0]])).summary()
    second = evaluate([query], answering(a=[CODES[0], CODES[7]])).summary()
    assert (first["MRR@10"], second["MRR@10"]) == (1.0, 0.5)


def test_an_answer_without_hits_is_a_zero_result():
    found = evaluate([judged("a", ["6404.11"]), judged("b", ["6404.11"])], answering(b=[CODES[1]]))
    assert found.summary()["zero_result_rate"] == 0.5
    assert found.summary()["S@1"] == 0.5


def test_relaxed_answers_are_counted():
    assert evaluate([judged("r", ["6404.11"])], answering()).summary()["relaxed_rate"] == 1.0


def test_types_are_told_apart():
    queries = [judged("a", ["6404.11"]), judged("b", ["6404.11"], kind="en")]
    by_type = evaluate(queries, answering(a=[CODES[1]])).summary()["by_type"]
    assert {name: row["S@5"] for name, row in by_type.items()} == {"es": 1.0, "en": 0.0}


def test_a_query_without_an_answer_in_this_tariff_is_left_out_and_counted():
    found = evaluate([judged("a", ["9999"]), judged("b", ["6404.11"])], answering(b=[CODES[1]]))
    assert (found.skipped, found.summary()["n"]) == (("a",), 1)


def test_a_cancel_stops_it():
    class Cancelled(SilentWork):
        def should_stop(self):
            return True

    with pytest.raises(Stopped):
        evaluate([judged("a", ["6404.11"])], answering(), Cancelled())
