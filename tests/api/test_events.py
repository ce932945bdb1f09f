"""POST /api/events/: who may send, what is answered, and that nothing is half taken."""

import json
import re

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from admintools.tasks import events as tasks
from api.models import ApiClient
from micasillero.events.models import EventKey, RawBatch
from tests.support.events import event

ADDRESS = "/api/events/"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def token(db):
    return ApiClient(name="web").renew()


@pytest.fixture
def post(client, token):
    """Send a body with the client's token: ``post([event()])``."""

    def sent(body, *, bearer=token, **extra):
        if not isinstance(body, bytes | str):
            body = json.dumps(body)
        headers = {**ENGLISH, "authorization": f"Bearer {bearer}"} if bearer else ENGLISH
        return client.post(ADDRESS, body, content_type="application/json", headers=headers, **extra)

    return sent


@pytest.fixture(autouse=True)
def no_memory_of_a_broker(monkeypatch):
    monkeypatch.setattr(tasks._broker, "_until", 0.0)


def refused(response, status, code):
    told = response.json()
    assert (response.status_code, told["code"]) == (status, code), told
    assert told["message"]
    assert not RawBatch.objects.exists()
    return told


def test_a_batch_is_accepted(post):
    response = post([event(), event()])
    assert response.status_code == 201
    told = {"status": "accepted", "accepted": 2, "duplicates": 0, "rejected": []}
    assert response.json() == told
    assert RawBatch.objects.get().client == "web"


def test_one_event_needs_no_list(post):
    assert post(event()).json()["accepted"] == 1


def test_what_came_before_is_told_as_duplicate(post):
    one = event()
    post(one)
    response = post([one, event(results=-1)])
    assert response.status_code == 201
    assert response.json() == {
        "status": "accepted",
        "accepted": 0,
        "duplicates": 1,
        "rejected": [{"index": 1, "error": "results must be at least 0."}],
    }


def test_the_broker_being_away_loses_nothing(post):
    # The tests' settings name a port where nobody listens.
    assert post(event()).status_code == 201
    assert RawBatch.objects.get().published_at is None


def test_nothing_valid_is_a_bad_request(post):
    told = refused(post([event(results=-1)]), 400, "no_valid_event")
    assert told["rejected"] == [{"index": 0, "error": "results must be at least 0."}]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"a": "\\ud800"}', b"NaN"])
def test_what_is_no_json_is_a_bad_request(post, body):
    refused(post(body), 400, "bad_json")


def test_an_empty_list_is_a_bad_request(post):
    refused(post([]), 400, "no_events")


def test_more_than_500_events_are_too_many(post):
    refused(post([{}] * 501), 413, "too_many")


def test_more_than_a_megabyte_is_too_large(post):
    refused(post(b" " * (1024 * 1024 + 1)), 413, "too_large")


def test_far_more_than_a_megabyte_is_too_large(post):
    refused(post(b" " * (3 * 1024 * 1024)), 413, "too_large")


@pytest.mark.parametrize("bearer", ["", "sbx_wrong", "Ñandú"])
def test_without_a_token_nobody_sends(post, bearer):
    response = post(event(), bearer=bearer)
    refused(response, 401, "unauthorized")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_client_that_was_switched_off_sends_nothing(post):
    ApiClient.objects.update(active=False)
    refused(post(event()), 401, "unauthorized")


def test_a_new_token_ends_the_old_one(post, token):
    fresh = ApiClient.objects.get().renew()
    refused(post(event(), bearer=token), 401, "unauthorized")
    assert post(event(), bearer=fresh).status_code == 201


def test_the_token_itself_is_nowhere_kept(token):
    row = ApiClient.objects.values().get()
    assert token not in map(str, row.values())
    assert token.startswith(row["shown"])


@pytest.mark.parametrize("setting", ["CLIENT", "ADDRESS"])
def test_who_sends_too_often_is_told_to_wait(post, settings, setting):
    setattr(settings, f"API_EVENT_REQUESTS_PER_{setting}", 2)
    assert [post(event()).status_code for _ in range(2)] == [201, 201]
    response = post(event())
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60
    assert RawBatch.objects.count() == 2


def test_tokens_are_not_tried_out_without_end(post, settings):
    settings.API_EVENT_REQUESTS_PER_ADDRESS = 2
    statuses = [post(event(), bearer="sbx_guess").status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


def test_another_client_has_a_limit_of_its_own(post, settings):
    settings.API_EVENT_REQUESTS_PER_CLIENT = 1
    post(event())
    other = ApiClient(name="app").renew()
    assert post(event(), bearer=other).status_code == 201


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods_are_told_which_one_works(client, token, method):
    response = getattr(client, method)(ADDRESS, headers=ENGLISH)
    assert (response.status_code, response["Allow"]) == (405, "POST")


def test_no_csrf_token_is_asked_for(token):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(
        ADDRESS, json.dumps(event()), content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert response.status_code == 201


def test_the_database_being_away_takes_nothing_and_says_when_to_come_again(post):
    def away(execute, sql, *rest):
        if "micasillero_events_rawbatch" in sql:
            raise OperationalError("the connection is closed")
        return execute(sql, *rest)

    with connection.execute_wrapper(away):
        response = post(event(event_id="x"))
    refused(response, 503, "unavailable")
    assert response["Retry-After"] == "5"
    assert not EventKey.objects.exists()
    assert post(event(event_id="x")).json()["accepted"] == 1


def test_the_schema_is_there_to_be_read(client):
    response = client.get("/api/events/schema/")
    assert set(response.json()["discriminator"]["mapping"]) == {
        *("search", "impression", "selection", "declaration"),
    }
    assert client.post("/api/events/schema/").status_code == 405


@pytest.mark.django_db
class TestCommand:
    """manage.py create_api_client."""

    def test_it_prints_a_token_that_works(self, capsys):
        call_command("create_api_client", "web")
        printed = capsys.readouterr().out.strip()
        assert ApiClient.objects.with_token(printed).get().name == "web"

    def test_json_holds_name_and_token(self, capsys):
        call_command("create_api_client", "web", "--json")
        told = json.loads(capsys.readouterr().out)
        assert ApiClient.objects.with_token(told["token"]).get().name == told["name"] == "web"

    def test_a_second_one_is_refused(self):
        call_command("create_api_client", "web")
        with pytest.raises(CommandError, match="--renew"):
            call_command("create_api_client", "web")

    def test_renew_ends_the_old_token(self, capsys):
        call_command("create_api_client", "web")
        old = capsys.readouterr().out.strip()
        call_command("create_api_client", "web", "--renew")
        assert not ApiClient.objects.with_token(old).exists()

    def test_there_is_nobody_to_renew(self):
        with pytest.raises(CommandError, match="nobody"):
            call_command("create_api_client", "nobody", "--renew")

    def test_a_name_with_blanks_is_refused(self):
        with pytest.raises(CommandError):
            call_command("create_api_client", "a b")


def test_the_documents_example_is_taken_as_it_stands(post):
    text = (settings.BASE_DIR / "docs" / "events.md").read_text()
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    response = post(example.replace("OCCURRED_AT", timezone.now().isoformat()))
    assert response.json()["accepted"] == 4
