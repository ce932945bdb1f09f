"""How often one client may ask, and who is one client."""

import pytest
from limits import RateLimitItemPerMinute

from api.limits import Limits, _client
from tools.spawned import free_port

TWO = RateLimitItemPerMinute(2)


@pytest.fixture
def two_a_minute(settings):
    settings.API_SEARCHES_PER_MINUTE = 2


def test_who_asks_too_often_is_told_when_to_come_back(tariff, two_a_minute, ask):
    assert [ask(q="tenis").status_code for _ in range(3)] == [200, 200, 429]
    refused = ask(q="tenis")
    assert refused.json()["code"] == "too_many_requests"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused["Retry-After"] in refused.json()["message"]


def test_bad_questions_count_too(tariff, two_a_minute, ask):
    assert [ask().status_code for _ in range(3)] == [400, 400, 429]


def test_others_are_not_held_back(tariff, two_a_minute, client):
    def ask(address):
        return client.get("/api/search/", {"q": "tenis"}, REMOTE_ADDR=address).status_code

    assert [ask("192.0.2.1") for _ in range(3)] == [200, 200, 429]
    assert ask("192.0.2.2") == 200


def test_zero_is_no_limit(tariff, settings, ask):
    settings.API_SEARCHES_PER_MINUTE = 0
    assert {ask(q="tenis").status_code for _ in range(5)} == {200}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("", "", True),
    ],
)
def test_who_is_one_client(one, other, same):
    assert (_client(one) == _client(other)) is same


def test_the_address_of_a_client_is_not_kept():
    assert "192.0.2.1" not in _client("192.0.2.1")


def test_without_redis_each_process_counts_for_itself(caplog):
    alone = Limits(f"redis://127.0.0.1:{free_port()}")
    assert [alone.count(TWO, "a") > 0 for _ in range(3)] == [False, False, True]
    assert alone.alone
    assert len(caplog.records) == 1
