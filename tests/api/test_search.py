"""GET /api/search/: what it answers, and what it says when it does not."""

import pytest
from django.core.cache import caches
from django.test import Client
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from micasillero.catalog.models import PartidaArancelaria
from micasillero.quality.models import AskedQuery
from micasillero.search.engines.tantivy import TantivyEngine
from micasillero.search.sync import sync_once
from micasillero.work import TryAgain, WorkError

from .conftest import ADDRESS


def codes(response):
    return [hit["code"] for hit in response.json()["hits"]]


def test_it_answers_with_the_hits_as_json(tariff, ask):
    response = ask(q="  tenis   para correr ")
    assert response.status_code == 200
    (hit,) = response.json()["hits"]
    assert hit.pop("score") > 0
    assert response.json() == {"query": "tenis para correr", "relaxed": False, "hits": [hit]}
    assert hit == {
        "code": "6404.11.00.00",
        "description": "Tenis para correr",
        "courier_category": "ALLOWED",
        "rates": {"dai": 0.15, "isc": 0.0, "ispc": 0.0, "isv": 0.0},
        "reason": "",
        "permit_authority": "",
    }


def test_near_misses_are_said_so(tariff, ask):
    response = ask(q="tennis")
    assert (response.json()["relaxed"], codes(response)) == (True, ["6404.11.00.00"])


def test_prohibited_goods_are_found_with_the_reason(tariff, ask):
    (hit,) = ask(q="fuegos artificiales").json()["hits"]
    assert (hit["courier_category"], hit["reason"]) == ("PROHIBITED", "Pueden explotar.")


def test_a_restriction_without_a_reason_says_that_there_is_none(tariff, ask):
    (hit,) = ask(q="drones", headers={"accept-language": "en"}).json()["hits"]
    assert hit["reason"].startswith("Marked as restricted, without a reason")


def test_k_is_the_most_that_comes(tariff, ask):
    assert codes(ask(q="6404", k=1)) == ["6404.11.00.00"]


@pytest.mark.parametrize("category", ["PROHIBITED", "prohibited"])
def test_the_hits_are_of_the_category(tariff, ask, category):
    assert codes(ask(q="tenis para fuegos artificiales", category=category)) == ["3604.10.00.00"]


def test_empty_parameters_are_left_out_ones(tariff, ask):
    assert codes(ask(q="tenis", k="", category="")) == ["6404.11.00.00"]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "empty_query"),
        ({"q": " \n"}, "empty_query"),
        ({"q": "x" * 501}, "query_too_long"),
        *[
            ({"q": "tenis", "k": k}, "bad_k")
            for k in ("0", "101", "-1", "1.5", "many", "٣", "9" * 99)
        ],
        ({"q": "tenis", "category": "FORBIDDEN"}, "bad_category"),
    ],
)
def test_a_bad_question_is_named(tariff, ask, parameters, code):
    response = ask(**parameters)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert response.json()["message"]
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_it_only_reads(tariff, client, method):
    response = getattr(client, method)(ADDRESS)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert response.json()["code"] == "method_not_allowed"


def test_a_post_without_a_token_is_told_the_same(tariff):
    assert Client(enforce_csrf_checks=True).post(ADDRESS).status_code == 405


def test_head_has_no_body(tariff, client):
    response = client.head(ADDRESS, {"q": "tenis"})
    assert (response.status_code, response.content) == (200, b"")


def test_the_message_is_in_the_reader_s_language(tariff, ask):
    assert "Write" in ask(headers={"accept-language": "en"}).json()["message"]
    assert "Write" not in ask(headers={"accept-language": "es"}).json()["message"]


def test_without_an_index_it_says_to_come_back(db, embedded, ask):
    response = ask(q="tenis")
    assert (response.status_code, response.json()["code"]) == (503, "no_index")
    assert int(response["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        (TryAgain("away", after=7.2), "8"),
        (TryAgain("away"), "5"),
        (WorkError("engine_refused", "ELASTICSEARCH_PASSWORD is wrong"), "5"),
        (PermissionError("/var/search"), "5"),
    ],
)
def test_a_search_that_is_away_is_no_secret_and_tells_none(tariff, ask, monkeypatch, fault, wait):
    def away(*_args, **_options):
        raise fault

    monkeypatch.setattr(TantivyEngine, "search", away)
    response = ask(q="tenis")
    assert (response.status_code, response["Retry-After"]) == (503, wait)
    assert response.json()["code"] == "unavailable"
    assert str(fault) not in response.json()["message"]


@examples(
    max_examples=60, derandomize=True, database=None, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(st.text(max_size=80), st.text(max_size=6), st.text(max_size=12))
@example("\x00", "1", "")
@example("8517.13", "\x00", "ALLOWED\x00")
@example('"a AND (own:* OR', "1e3", "*")
@example("ñ" * 500, "100", "allowed")
@example("85" * 200, "2", "PROHIBITED")
def test_nothing_that_is_asked_is_a_fault(tariff, ask, settings, q, k, category):
    settings.API_SEARCHES_PER_MINUTE = 0
    response = ask(q=q, k=k, category=category)
    assert response.status_code in (200, 400)
    assert response["Content-Type"] == "application/json"


class TestKeptAnswers:
    def search_fails(self, monkeypatch):
        monkeypatch.setattr(TantivyEngine, "search", None)

    def test_what_was_answered_is_not_searched_again(self, tariff, ask, monkeypatch):
        first = ask(q="Tenis")
        self.search_fails(monkeypatch)
        again = ask(q=" tenis ")
        assert again.json() == first.json() | {"query": "tenis"}

    @pytest.mark.parametrize(
        "other",
        [{"q": "zapatos"}, {"q": "tenis", "k": 3}, {"q": "tenis", "category": "ALLOWED"}],
    )
    def test_another_question_is_searched(self, tariff, ask, other):
        assert ask(q="tenis")["ETag"] != ask(**other)["ETag"]

    def test_another_language_is_another_answer(self, tariff, ask):
        tags = {ask(q="drones", headers={"accept-language": lang})["ETag"] for lang in ("es", "en")}
        assert len(tags) == 2

    def test_a_change_of_the_index_ends_it(self, tariff, ask):
        assert codes(ask(q="tenis")) == ["6404.11.00.00"]
        PartidaArancelaria.objects.filter(item_no="6404.19.00.00").update(descripcion="Tenis")
        sync_once()
        assert codes(ask(q="tenis")) == ["6404.11.00.00", "6404.19.00.00"]

    def test_the_query_is_neither_in_the_key_nor_in_the_answer(self, tariff, ask):
        ask(q="zapatos de Juan")
        (entry,) = caches["api_responses"]._cache.items()
        assert b"Juan" not in repr(entry).encode()

    def test_what_the_client_has_already_is_not_sent_again(self, tariff, ask):
        first = ask(q="tenis")
        assert first["Cache-Control"] == "public, no-cache"
        again = ask(q="tenis", headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


class TestWhatPeopleAsk:
    def test_a_query_is_counted_with_what_it_found(self, tariff, ask):
        ask(q="tenis")
        ask(q="xilófono")
        counted = AskedQuery.objects.values_list("text", "times", "without")
        assert set(counted) == {("tenis", 1, 0), ("xilófono", 1, 1)}

    def test_an_answer_that_was_kept_is_not_counted_again(self, tariff, ask):
        ask(q="tenis")
        ask(q="tenis")
        assert AskedQuery.objects.get().times == 1

    def test_a_search_of_one_category_says_nothing_about_the_words(self, tariff, ask):
        ask(q="tenis", category="PROHIBITED")
        assert not AskedQuery.objects.exists()


class TestOtherSites:
    def test_by_default_no_page_of_another_site_may_read_it(self, tariff, ask):
        response = ask(q="tenis", headers={"origin": "https://www.example.hn"})
        assert "Access-Control-Allow-Origin" not in response

    @pytest.mark.parametrize(
        ("allowed", "origin", "told"),
        [
            (["https://www.example.hn"], "https://www.example.hn", "https://www.example.hn"),
            (["https://www.example.hn"], "https://evil.example", None),
            (["https://www.example.hn"], "", None),
            (["*"], "https://any.example", "*"),
        ],
    )
    def test_those_that_the_settings_name_may(self, tariff, ask, settings, allowed, origin, told):
        settings.API_ALLOWED_ORIGINS = allowed
        for response in (ask(q="tenis", headers={"origin": origin}), ask()):
            assert "Origin" in response["Vary"]
        response = ask(q="tenis", headers={"origin": origin})
        assert response.get("Access-Control-Allow-Origin") == told
