import json

import pytest

from micasillero.quality.judged import JudgedQuery, read_judged
from micasillero.work import WorkError

ROW = {"id": "q1", "query": "tenis", "type": "es", "area": "shoes", "relevant": ["6404"],
       "best": ["6404.11"]}  # fmt: skip


@pytest.fixture
def file_of(tmp_path):
    def make(told):
        path = tmp_path / "queries.json"
        path.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
        return path

    return make


def test_a_file_is_read(file_of):
    (query,) = read_judged(file_of({"queries": [ROW]}))
    assert query == JudgedQuery("q1", "tenis", "es", "shoes", ("6404",), ("6404.11",))


def test_grades_are_two_one_and_none(file_of):
    (query,) = read_judged(file_of({"queries": [ROW]}))
    codes = ["6404.11.00.00", "6404.19.00.00", "6405.10.00.00"]
    assert query.grades(codes) == {"6404.11.00.00": 2, "6404.19.00.00": 1}


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ("{", "Expecting"),
        ([], "needs an object"),
        ({"queries": []}, "needs an object"),
        ({"queries": ["tenis"]}, "query 1 is no object"),
        ({"queries": [{**ROW, "query": " "}]}, "needs an id and a query"),
        ({"queries": [{**ROW, "type": 1}]}, "are texts"),
        ({"queries": [{**ROW, "relevant": "6404"}]}, "relevant is a list"),
        ({"queries": [{**ROW, "relevant": []}]}, "names no relevant code"),
        ({"queries": [ROW, ROW]}, "the same id"),
    ],
)
def test_a_fault_says_what_to_mend(file_of, told, fault):
    with pytest.raises(WorkError) as refused:
        read_judged(file_of(told))
    assert refused.value.code == "bad_queries"
    assert fault in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WorkError) as refused:
        read_judged(tmp_path / "none.json")
    assert refused.value.params["file"] == "none.json"
