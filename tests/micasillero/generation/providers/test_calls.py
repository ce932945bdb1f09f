"""One call of each provider through its real SDK, and each way in which it can fail."""

import pytest

from micasillero.generation.providers import configured, get_provider
from micasillero.generation.providers.seam import Busy, Declined, Garbled, Price, Prompt
from micasillero.work import WorkError
from tests.support.ai_server import Reply

ALL = ["anthropic", "openai", "compatible"]
SCHEMA = {
    "type": "object",
    "properties": {"es": {"type": "array", "items": {"type": "string"}}},
    "required": ["es"],
    "additionalProperties": False,
}
PROMPT = Prompt("rules", "the line", SCHEMA, "search_keywords", 700)


@pytest.fixture(params=ALL)
def provider(request, ai_server):
    return get_provider(request.param)


def test_an_answer_is_the_json_with_its_tokens(provider, ai_server):
    ai_server.script.append(Reply(data={"es": ["tenis"]}, input_tokens=812, output_tokens=41))
    answer = provider.ask(PROMPT)
    assert answer.data == {"es": ["tenis"]}
    assert (answer.input_tokens, answer.output_tokens) == (812, 41)
    assert answer.model == provider.model
    assert answer.seconds > 0


def test_anthropic_is_made_to_answer_by_a_tool_with_the_schema(ai_server):
    get_provider("anthropic").ask(PROMPT)
    (asked,) = ai_server.requests
    assert asked.path == "/v1/messages"
    assert asked.headers["authorization"] == "Bearer sk-ant-secret"
    assert asked.body["tools"] == [{"name": "search_keywords", "input_schema": SCHEMA}]
    assert asked.body["tool_choice"]["name"] == "search_keywords"
    assert asked.body["thinking"] == {"type": "disabled"}
    assert (asked.body["system"], asked.user) == ("rules", "the line")
    assert asked.body["max_tokens"] == 700


def test_openai_is_held_to_the_schema(ai_server):
    get_provider("openai").ask(PROMPT)
    (asked,) = ai_server.requests
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == "Bearer sk-openai-secret"
    told = asked.body["response_format"]["json_schema"]
    assert told == {"name": "search_keywords", "schema": SCHEMA, "strict": True}
    assert asked.body["max_completion_tokens"] == 700
    assert asked.body["reasoning_effort"] == "none"


def test_a_compatible_server_is_asked_by_the_older_names(ai_server):
    get_provider("compatible").ask(PROMPT)
    (asked,) = ai_server.requests
    assert asked.body["max_tokens"] == 700
    assert "reasoning_effort" not in asked.body
    assert asked.body["model"] == "local"


@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_a_busy_provider_may_be_asked_again_and_was_not_paid(provider, ai_server, status):
    ai_server.script.append(Reply(status=status, headers={"Retry-After": "7"}))
    with pytest.raises(Busy) as busy:
        provider.ask(PROMPT)
    assert (busy.value.after, busy.value.billed) == (7.0, False)
    assert len(ai_server.requests) == 1, "the SDK must not repeat by itself"


def test_no_answer_in_time_may_have_been_paid(ai_server, settings):
    settings.AI_TIMEOUT = 0.2
    for name in ALL:
        ai_server.script.append(Reply(hang=True))
        with pytest.raises(Busy) as busy:
            get_provider(name).ask(PROMPT)
        assert busy.value.billed


def test_a_cut_connection_may_have_been_paid(provider, ai_server):
    ai_server.script.append(Reply(data={"es": []}, cut=True))
    with pytest.raises(Busy) as busy:
        provider.ask(PROMPT)
    assert busy.value.billed


@pytest.mark.parametrize("raw", ["<html>hello</html>", "[]", '{"content": 3}', '{"usage": null}'])
def test_garbage_is_said_to_be_garbage(provider, ai_server, raw):
    ai_server.script.append(Reply(raw=raw))
    with pytest.raises(Garbled) as garbled:
        provider.ask(PROMPT)
    assert garbled.value.billed


def test_an_answer_that_is_no_json_keeps_its_tokens(ai_server):
    """Such as one that was cut short by its longest length: it is paid for."""
    completion = (
        '{"choices": [{"message": {"content": "{\\"es\\": [\\"ten"}}],'
        ' "usage": {"prompt_tokens": 9, "completion_tokens": 700}}'
    )
    ai_server.script.append(Reply(raw=completion))
    answer = get_provider("openai").ask(PROMPT)
    assert (answer.data, answer.output_tokens) == ('{"es": ["ten', 700)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_ends_the_run_and_is_not_quoted(provider, ai_server, status):
    ai_server.script.append(Reply(status=status, message="Incorrect key: sk-openai-secret"))
    with pytest.raises(WorkError) as refused:
        provider.ask(PROMPT)
    assert refused.value.code == "provider_key"
    assert "secret" not in f"{refused.value} {refused.value.params}"


@pytest.mark.parametrize(
    ("status", "kind"), [(429, "insufficient_quota"), (402, "billing_error"), (402, "other")]
)
def test_an_empty_account_ends_the_run(provider, ai_server, status, kind):
    ai_server.script.append(Reply(status=status, kind=kind))
    with pytest.raises(WorkError) as refused:
        provider.ask(PROMPT)
    assert refused.value.code == "provider_quota"


def test_a_model_that_is_not_there_ends_the_run(provider, ai_server):
    ai_server.script.append(Reply(status=404, message="no model local"))
    with pytest.raises(WorkError) as refused:
        provider.ask(PROMPT)
    assert refused.value.code == "provider_model"
    assert "no model local" in str(refused.value)


def test_one_question_that_is_declined_says_why_without_the_key(provider, ai_server):
    ai_server.script.append(Reply(status=400, message="too long for sk-openai-secret. "))
    with pytest.raises(Declined) as declined:
        provider.ask(PROMPT)
    assert declined.value.reason == "HTTP 400: too long for ***"
    assert not declined.value.billed


def test_only_what_has_a_key_or_an_address_can_be_chosen(settings):
    settings.ANTHROPIC_API_KEY = settings.OPENAI_API_KEY = settings.AI_COMPATIBLE_URL = ""
    assert configured() == []
    settings.OPENAI_API_KEY = "sk"
    settings.AI_OPENAI_MODELS = ["gpt-6-luna", "gpt-5.4-mini"]
    assert configured() == ["openai:gpt-6-luna", "openai:gpt-5.4-mini"]


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("oracle", "unknown_provider", "no provider oracle"),
        ("anthropic", "no_key", "set ANTHROPIC_API_KEY"),
        ("openai:gpt-99", "no_price", "AI_PRICES"),
        ("compatible", "no_model", "AI_COMPATIBLE_MODELS"),
    ],
)
def test_a_provider_that_cannot_be_asked_says_what_to_set(settings, name, code, says):
    settings.ANTHROPIC_API_KEY, settings.OPENAI_API_KEY = "", "sk"
    settings.AI_COMPATIBLE_URL, settings.AI_COMPATIBLE_MODELS = "http://127.0.0.1:1/v1", []
    with pytest.raises(WorkError) as refused:
        get_provider(name)
    assert refused.value.code == code
    assert says in str(refused.value)


def test_without_the_sdk_the_error_names_the_command(settings, monkeypatch):
    settings.ANTHROPIC_API_KEY = "sk"
    monkeypatch.setitem(__import__("sys").modules, "anthropic", None)
    with pytest.raises(WorkError) as refused:
        get_provider("anthropic")
    assert refused.value.code == "no_sdk"
    assert "pip install -r requirements-ai.txt" in str(refused.value)


def test_a_price_is_dollars_per_million_tokens_rounded_up():
    price = Price(0.10, 0.50)
    assert price.cost(1_000_000, 1_000_000) == 600_000
    assert price.cost(1, 0) == 1
    assert price.cost(30, 0) == 3
    assert price.cost(0, 0) == 0
