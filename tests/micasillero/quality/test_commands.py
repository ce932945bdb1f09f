"""manage.py evaluate_search, on the embedded engine."""

import json
import uuid

import pytest
from django.core.management import CommandError, call_command

from micasillero.catalog.models import PartidaArancelaria
from micasillero.quality.models import QueryJudgment, SearchEvaluation
from micasillero.search.engines import _engine, get_engine
from micasillero.search.rebuild import rebuild_index
from micasillero.search.reconcile import reconcile_live
from micasillero.work import SilentWork

pytestmark = pytest.mark.django_db
QUERIES = {"queries": [
    {"id": "a", "query": "tenis", "type": "es", "area": "", "relevant": ["6404"], "best": []},
    {"id": "b", "query": "muñeca", "type": "es", "area": "", "relevant": ["9503"], "best": []},
]}  # fmt: skip


@pytest.fixture(autouse=True)
def indexed(settings, tmp_path):
    settings.SEARCH_ENGINE = "tantivy"
    settings.SEARCH_ALIAS = f"partidas-{uuid.uuid4().hex[:8]}"
    settings.VAR_DIR = tmp_path
    _engine.cache_clear()
    for code, text in (("6404.11.00.00", "Tenis"), ("9503.00.21.00", "Muñeca de trapo")):
        PartidaArancelaria.objects.create(item_no=code, descripcion=text, is_leaf=True)
    rebuild_index(work=SilentWork(), token="a")
    yield
    _engine.cache_clear()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "queries.json"
    path.write_text(json.dumps(QUERIES), encoding="utf-8")
    return path


@pytest.fixture
def evaluated(capsys):
    def run(*arguments):
        call_command("evaluate_search", *map(str, arguments), "--json")
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def baseline(tmp_path, file, evaluated):
    """What the search was, when it found both first."""
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps(evaluated(file)), encoding="utf-8")
    return path


def forget_the_doll():
    """From now on the search finds another line for it."""
    PartidaArancelaria.objects.filter(item_no__startswith="9503").update(descripcion="Otro")
    reconcile_live(get_engine())


def test_the_figures_have_their_names(evaluated, file):
    told = evaluated(file)
    assert set(told) == {
        "n", "S@1", "S@5", "P@5", "MRR@10", "nDCG@10", "zero_result_rate", "relaxed_rate",
        "by_type", "p95_ms", "skipped", "skipped_ids", "outcomes",
    }  # fmt: skip
    assert (told["n"], told["S@1"], told["zero_result_rate"]) == (2, 1.0, 0.0)


def test_as_good_as_the_baseline_is_no_failure(evaluated, file, baseline):
    told = evaluated(file, "--baseline", baseline)["comparison"]
    assert (told["n"], told["won"], told["lost"]) == (2, [], [])
    assert set(told["differences"].values()) == {0.0}
    assert set(told["p"].values()) == {1.0}


def test_worse_than_the_baseline_is_exit_code_one(evaluated, file, baseline, capsys):
    forget_the_doll()
    with pytest.raises(SystemExit) as ended:
        evaluated(file, "--baseline", baseline)
    assert ended.value.code == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["comparison"]["lost"] == ["b"]
    assert "S@1" in printed.err


def test_worse_within_the_tolerance_is_none(evaluated, file, baseline):
    forget_the_doll()
    told = evaluated(file, "--baseline", baseline, "--tolerance", "0.6")
    assert told["comparison"]["lost"] == ["b"]


def test_the_page_is_written(file, baseline, tmp_path):
    out = tmp_path / "page.html"
    call_command("evaluate_search", str(file), "--baseline", str(baseline), "--html", str(out))
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("text", ["{}", "[]", "{", '{"outcomes": [1]}', '{"outcomes": []}'])
def test_a_baseline_that_is_none_is_named(file, tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=r"bad\.json"):
        call_command("evaluate_search", str(file), "--baseline", str(path))


def test_without_a_file_the_databases_queries_are_asked_and_the_figures_kept(evaluated):
    told = evaluated()
    kept = SearchEvaluation.objects.get()
    assert (kept.n, kept.success_5, kept.engine) == (told["n"], told["S@5"], "tantivy")
    assert kept.details["skipped"] == QueryJudgment.objects.asked().count() - kept.n > 0


def test_without_a_single_query_it_says_what_to_do():
    QueryJudgment.objects.all().delete()
    with pytest.raises(CommandError, match="load_queries"):
        call_command("evaluate_search")
    assert not SearchEvaluation.objects.exists()


def test_queries_of_another_tariff_alone_are_no_evaluation():
    QueryJudgment.objects.exclude(query="olla de presión").delete()
    with pytest.raises(CommandError, match="1"):
        call_command("evaluate_search")
    assert not SearchEvaluation.objects.exists()
