"""What a Redis URL says of sentinels, and who is asked by it."""

import asyncio

import pytest
import redis
from redis.asyncio.connection import SSLConnection as AsyncSSLConnection
from redis.backoff import NoBackoff
from redis.connection import SSLConnection
from redis.retry import Retry
from redis.sentinel import SentinelConnectionPool, SentinelManagedConnection

from admintools import redis_server
from tests.conftest import started
from tests.support.sentinels import LonelySentinel

URL = (
    "rediss://worker:s%3Acret@Primary-a/3?ssl_ca_certs=/etc/ca.pem&sentinels=one:7001,%20two,[::1]:3"
    "&sentinel_username=w&sentinel_password=p%26q&ssl_cert_reqs=required"
)


def test_a_server_at_an_address_has_no_sentinels():
    assert redis_server.watched("redis://:pw@one:6379/0?ssl_ca_certs=/x,y") is None


def test_a_primary_keeps_the_case_of_its_name_and_a_sentinel_has_a_usual_port():
    server = redis_server.watched(URL)
    assert server.primary == "Primary-a"
    assert server.sentinels == (("one", 7001), ("two", 26379), ("::1", 3))


def test_it_and_its_sentinels_are_met_with_what_each_wants():
    server = redis_server.watched(URL)
    tls = {"ssl": True, "ssl_ca_certs": "/etc/ca.pem", "ssl_cert_reqs": "required"}
    assert server.options == {"username": "worker", "password": "s:cret", "db": 3, **tls}
    asked = server.sentinel_options(lambda *_: None)
    assert {key: value for key, value in asked.items() if value and "socket" not in key} == {
        "username": "w",
        "password": "p&q",
        **tls,
    }


def test_what_it_is_says_no_password():
    assert "cret" not in repr(redis_server.watched(URL))
    assert "p&q" not in repr(redis_server.watched(URL))


def test_without_its_sentinels_the_rest_of_the_url_stays():
    assert redis_server.plain(URL) == (
        "rediss://worker:s%3Acret@Primary-a/3?ssl_ca_certs=/etc/ca.pem&ssl_cert_reqs=required"
    )


def test_over_tls_connections_are_both_watched_and_encrypted():
    pool = redis_server.pool(URL, socket_timeout=1)
    assert isinstance(pool, SentinelConnectionPool)
    assert issubclass(pool.connection_class, SentinelManagedConnection)
    assert issubclass(pool.connection_class, SSLConnection)
    assert pool.connection_kwargs["socket_timeout"] == 1
    sentinel = pool.sentinel_manager.sentinels[0].connection_pool
    assert sentinel.connection_kwargs["ssl_ca_certs"] == "/etc/ca.pem"


def test_the_channel_layer_takes_it_too():
    from channels_redis.utils import create_pool

    async def made():
        return create_pool(redis_server.channel_host(URL))

    pool = asyncio.run(made())
    assert issubclass(pool.connection_class, AsyncSSLConnection)
    assert pool.service_name == "Primary-a"


@pytest.mark.parametrize("url", ["redis://one/0", URL])
def test_who_listens_hears_of_a_host_that_is_gone(url):
    """From the kernel, which asks after 10 s and gives up 15 s later."""
    host = redis_server.channel_host(url)
    assert host["socket_keepalive"]
    assert sorted(host["socket_keepalive_options"].values()) == [3, 5, 10]


@pytest.fixture(scope="module")
def lonely():
    with started(LonelySentinel()) as sentinel:
        yield sentinel


def test_a_late_answer_is_not_taken_for_that_of_the_next_command(lonely):
    """Nor does the connection stay with a server that hangs, when another takes its place."""
    once = Retry(NoBackoff(), 0, supported_errors=(redis.ConnectionError,))
    with redis_server.client(lonely.url(), socket_timeout=0.3, retry=once) as client:
        client.set("one", "first")
        lonely.primary.freeze()
        try:
            with pytest.raises(redis.TimeoutError):
                client.get("one")
        finally:
            lonely.primary.thaw()
        assert client.get("other") is None


def test_a_sentinel_that_is_away_is_passed_over(lonely):
    with redis_server.client(lonely.url(ports=[1, lonely.port]), socket_timeout=2) as client:
        assert client.ping()
