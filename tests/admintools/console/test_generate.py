"""Launching keyword generation: the lexicon for everybody, models where they are configured."""

import json

import pytest
from django.core.management import CommandError, call_command

from admintools.jobs.models import TaskHistory
from micasillero.catalog.models import PartidaArancelaria
from micasillero.keywords.models import Keyword

from .conftest import HTML, JSON

FORM = "/admin/elasticsearch/launch/generate_keywords/"
PREVIEW = FORM + "preview/"
LAUNCH = "/admin/elasticsearch/generate-keywords/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(db):
    return PartidaArancelaria.objects.create(
        item_no="9503.00.10.00", descripcion="Triciclos", is_leaf=True
    )


@pytest.fixture(autouse=True)
def one_at_a_time(settings):
    settings.AI_CONCURRENCY = 1


def preview(client, **fields):
    return client.get(PREVIEW, fields, headers=JSON).json()


def test_without_a_model_there_is_nothing_to_choose(boss, line):
    page = boss.get(FORM, headers=HTML).content.decode()
    assert 'type="hidden" name="provider"' in page
    assert "max_cost" in page and 'type="hidden" name="max_cost"' in page
    assert preview(boss)["figures"][-1]["value"] == "ninguno"


def test_configured_models_are_offered_beside_the_lexicon(boss, line, ai_server):
    page = boss.get(FORM, headers=HTML).content.decode()
    assert "Anthropic · claude-haiku-5-5" in page
    assert "OpenAI · gpt-6-luna" in page
    assert 'value="compatible:local"' in page
    assert "secret" not in page


def test_the_preview_says_what_a_model_costs(boss, line, ai_server):
    told = preview(boss, provider="anthropic", max_cost="2")
    assert (told["status"], told["items"]) == ("ready", 1)
    values = {figure["label"]: figure["value"] for figure in told["figures"]}
    assert list(values) == [
        "Líneas arancelarias",
        "Respuestas reutilizadas",
        "Costo",
        "Tokens",
        "Máximo",
    ]
    assert values["Respuestas reutilizadas"] == "0"
    assert values["Costo"].startswith("US$")
    assert values["Máximo"] == "US$\N{NO-BREAK SPACE}2.00"
    assert told["duration"]["high"] > 0
    assert ai_server.requests == []


def test_the_preview_warns_of_a_cap_that_is_reached(boss, ai_server):
    for number in range(90):
        PartidaArancelaria.objects.create(
            item_no=f"9503.00.{number}.00", descripcion="x", is_leaf=True
        )
    told = preview(boss, provider="anthropic", max_cost="0.01")
    assert told["status"] == "ready"
    assert "máximo" in told["warning"]


def test_a_cap_too_small_for_one_question_is_refused(boss, line, ai_server, settings):
    settings.AI_MONTHLY_CAP_USD = 0.0001
    told = preview(boss, provider="anthropic")
    assert told["status"] == "nothing"
    assert "US$" in told["refusal"]


def test_a_missing_sdk_is_said_before_the_launch(boss, line, ai_server, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "anthropic", None)
    told = preview(boss, provider="anthropic")
    assert told["status"] == "nothing"
    assert "pip install -r requirements-ai.txt" in told["refusal"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"provider": "anthropic"}, "provider"), ({"provider": "oracle"}, "provider"),
     ({"max_cost": "-1"}, "max_cost"), ({"max_cost": "nan"}, "max_cost")],
)  # fmt: skip
def test_what_cannot_be_launched_is_refused_with_its_field(boss, line, fields, field):
    answer = boss.post(LAUNCH, fields, headers=JSON)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not TaskHistory.objects.exists()


def test_a_provider_alone_is_its_usual_model(boss, line, ai_server):
    boss.post(LAUNCH, {"provider": "openai", "max_cost": "1.5"}, headers=JSON)
    run = TaskHistory.objects.get()
    assert run.parameters == {"provider": "openai:gpt-6-luna", "max_cost": 1.5}
    assert "secret" not in json.dumps(run.parameters)


def test_the_command_asks_a_model_and_says_what_it_cost(line, ai_server, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command(
            "generate_keywords", "--provider", "anthropic", "--all", "--max-cost", "1", "--json"
        )
    told = json.loads(capsys.readouterr().out)
    assert (ended.value.code, told["status"]) == (0, "SUCCESS")
    assert (told["items"], told["added"], told["calls"], told["cost_usd"]) == (1, 2, 1, 0.00015)
    assert set(Keyword.objects.values_list("status", flat=True)) == {"pending"}


def test_the_command_says_so_in_words(line, ai_server, capsys):
    with pytest.raises(SystemExit):
        call_command("generate_keywords", "--provider", "openai", "--chapter", "95")
    assert "US$ 0.0001" in capsys.readouterr().out


def test_the_command_without_a_key_fails_and_names_it(line, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("generate_keywords", "--provider", "anthropic", "--missing", "--json")
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "no_key"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--provider", "oracle", "--all"], "is no provider"),
        (["--provider", "openai", "--all", "--max-cost", "0"], "write dollars"),
        (["--provider", "openai", "--all", "--max-cost", "mucho"], "write dollars"),
        (["--provider", "openai"], "one of the arguments"),
        (["--provider", "openai", "--all", "--chapter", "95"], "not allowed with"),
    ],
)
def test_the_command_refuses_what_it_cannot_read(db, arguments, says):
    with pytest.raises(CommandError, match=says):
        call_command("generate_keywords", *arguments)
