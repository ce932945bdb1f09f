"""Comparing two models: the form, what it costs, and the page side by side."""

import json

import pytest
from django.core.management import CommandError, call_command

from admintools.jobs.models import TaskHistory
from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation.models import ModelComparison
from micasillero.quality.models import QueryJudgment
from tests.support.hostile import side

from .conftest import HTML, JSON

LAUNCH = "/admin/elasticsearch/compare-models/"
FORM = "/admin/elasticsearch/launch/compare_providers/"
LIST = "/admin/elasticsearch/comparisons/"
MODELS = {"first": "anthropic", "second": "openai", "sample": "2"}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line():
    return PartidaArancelaria.objects.create(
        item_no="9503.00.10.00", descripcion="Triciclos", is_leaf=True
    )


def test_the_form_proposes_two_models_and_says_what_they_cost(boss, line, ai_server):
    page = boss.get(FORM, headers=HTML).content.decode()
    assert "Anthropic · claude-haiku-5-5" in page
    told = boss.get(FORM + "preview/", MODELS, headers=JSON).json()
    assert (told["status"], told["items"]) == ("ready", 2)
    labels = [figure["label"] for figure in told["figures"]]
    assert labels[1:3] == ["claude-haiku-5-5", "gpt-6-luna"]
    assert ai_server.requests == []


def test_the_form_warns_where_both_together_may_pass_the_cap(boss, line, ai_server):
    for number in range(11, 41):
        PartidaArancelaria.objects.create(
            item_no=f"9503.00.{number}.00", descripcion="Triciclos", is_leaf=True
        )
    few, many = (
        boss.get(FORM + "preview/", {**MODELS, "sample": n, "max_cost": "0.01"}, headers=JSON)
        for n in (2, 30)
    )
    assert few.json()["warning"] == ""
    assert (many.json()["status"], "llegar al máximo" in many.json()["warning"]) == ("ready", True)


def test_a_launch_names_both_models(boss, line, ai_server):
    assert boss.post(LAUNCH, MODELS, headers=JSON).status_code == 202
    assert TaskHistory.objects.get().parameters == {
        "first": "anthropic:claude-haiku-5-5", "second": "openai:gpt-6-luna", "sample": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "field"),
    [({**MODELS, "second": "anthropic"}, "second"), ({**MODELS, "sample": "0"}, "sample"),
     ({**MODELS, "first": "oracle"}, "first"), ({"sample": "2"}, "first")],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_with_its_field(boss, ai_server, fields, field):
    answer = boss.post(LAUNCH, fields, headers=JSON)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_a_comparison_is_shown_line_by_line_and_its_text_is_only_text(boss, make_run):
    run = make_run(job="compare_providers", status="SUCCESS")
    evil = {"text": "<script>alert(1)</script>", "language": "es", "verdict": "dropped",
            "reasons": ["not_plain"]}  # fmt: skip
    good = {"text": "tenis", "language": "es", "verdict": "passed", "reasons": []}
    line = {"code": "6404.11.00.00", "description": "Calzado",
            "sides": [{"terms": [good, evil], "refused": ""},
                      {"terms": [], "refused": "no_object"}]}  # fmt: skip
    ModelComparison.objects.create(
        run_id=run.task_id, sides=[side(model="uno"), side(model="dos", answered=0)],
        lines=[line], queries=3, covered_before=1,
    )  # fmt: skip
    page = boss.get(f"{LIST}{run.task_id}/", headers=HTML).content.decode()
    for text in ("uno", "dos", "tenis", "6404.11.00.00", "no_object", "US$"):
        assert text in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert f"{LIST}{run.task_id}/" in boss.get(LIST, headers=HTML).content.decode()
    assert f"{LIST}{run.task_id}/" in boss.get(run.get_absolute_url()).content.decode()


def test_lines_that_answer_no_judged_query_are_said_to_be_that(boss, make_run):
    run = make_run(
        job="compare_providers", status="FAILURE", error_code="run_cap",
        error_message="The cap of $%(dollars)s is reached", error_params={"dollars": "5.00"},
    )  # fmt: skip
    ModelComparison.objects.create(
        run_id=run.task_id, sides=[side(model="uno"), side(model="dos")], lines=[],
        queries=0, covered_before=0,
    )  # fmt: skip
    page = boss.get(f"{LIST}{run.task_id}/", headers=HTML).content.decode()
    assert "ninguna de estas líneas responde a una consulta juzgada" in page
    assert "0 de 0" not in page
    assert "The cap of $5.00 is reached" in page, "cut short, which the page says"


def test_a_run_that_compared_nothing_has_no_page(boss, make_run):
    assert boss.get(f"{LIST}{make_run().task_id}/", headers=HTML).status_code == 404
    assert boss.get(f"{LIST}none/", headers=HTML).status_code == 404


def compared(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        call_command("compare_providers", *arguments)
    return ended.value.code, capsys.readouterr()


def test_the_command_compares_in_words(line, ai_server, settings, capsys):
    settings.AI_CONCURRENCY = 1
    code, said = compared(capsys, "anthropic", "openai", "--sample", "1")
    assert code == 0
    for text in ("claude-haiku-5-5: ", "gpt-6-luna: ", "US$ 0.0001"):
        assert text in said.out


def test_the_command_says_where_there_is_nothing_to_measure(line, ai_server, settings, capsys):
    settings.AI_CONCURRENCY = 1
    QueryJudgment.objects.update(active=False)
    _code, said = compared(capsys, "anthropic", "openai", "--sample", "1")
    assert "ninguna de estas líneas responde a una consulta juzgada" in said.out


def test_the_command_compares_in_json(line, ai_server, settings, capsys):
    settings.AI_CONCURRENCY = 1
    _code, said = compared(capsys, "anthropic", "openai", "--chapter", "95", "--json")
    told = json.loads(said.out)
    assert (told["status"], told["items"], told["calls"]) == ("SUCCESS", 1, 2)
    assert [side["model"] for side in told["sides"]] == ["claude-haiku-5-5", "gpt-6-luna"]
    assert told["sides"][0]["passed"] == 2


@pytest.mark.parametrize(
    ("arguments", "error"),
    [(("anthropic", "anthropic:claude-haiku-5-5"), "same_model"),
     (("anthropic", "openai", "--chapter", "64"), "no_lines")],
)  # fmt: skip
def test_the_command_says_what_it_cannot_compare(line, ai_server, capsys, arguments, error):
    code, said = compared(capsys, *arguments, "--json")
    assert (code, json.loads(said.out)["error"]["code"]) == (1, error)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("lexicon", "openai"), "is no provider"), (("anthropic",), "required"),
     (("anthropic", "openai", "--sample", "201"), "from 1 to 200")],
)  # fmt: skip
def test_the_command_refuses_what_it_cannot_read(db, arguments, says):
    with pytest.raises(CommandError, match=says):
        call_command("compare_providers", *arguments)
