"""The checks that ask sentinels and servers."""

import pytest

from sicargabox import redis_checks
from tests.conftest import started
from tests.sicargabox.test_checks import ids
from tests.support.sentinels import PASSWORD, PRIMARY, LonelySentinel
from tests.support.servers import RedisServer


@pytest.fixture(scope="module")
def lonely():
    with started(LonelySentinel()) as sentinel:
        yield sentinel


@pytest.fixture
def named(settings, lonely):
    """Makes every setting name a primary, and sentinels of which each 0 is the one that runs."""

    def name(primary=PRIMARY, ports=(0,)):
        url = lonely.url(primary, [lonely.port - port for port in ports])
        for each in redis_checks.SERVERS:
            setattr(settings, each, url)

    return name


def test_a_name_that_the_sentinels_do_not_know_is_e021(named):
    named("primary-a", ports=(0, 1, 2))
    found = redis_checks.sentinels_can_fail_over(None)
    assert ids(found) == ["sicargabox.E021"]
    assert PRIMARY in str(found[0].hint)
    assert PASSWORD not in str(found)


def test_a_primary_without_a_replica_is_w021(named):
    named(ports=(1, 0, 2))
    found = redis_checks.sentinels_can_fail_over(None)
    assert ids(found) == ["sicargabox.W021"]
    assert "no replica" in found[0].msg


def test_two_sentinels_are_w021(named):
    named(ports=(1, 2))
    found = redis_checks.sentinels_can_fail_over(None)
    assert ids(found) == ["sicargabox.W021"]
    assert "2 sentinels" in found[0].msg


def test_sentinels_that_are_away_are_not_a_fault_of_the_settings(named):
    named(ports=(1, 2, 3))
    assert redis_checks.sentinels_can_fail_over(None) == []


def test_servers_at_an_address_have_nothing_to_fail_over(settings):
    for each in redis_checks.SERVERS:
        setattr(settings, each, "redis://127.0.0.1:1/0")
    assert redis_checks.sentinels_can_fail_over(None) == []


@pytest.mark.parametrize("database", [0, 1])
def test_a_redis_cluster_is_e022(settings, database):
    with started(RedisServer(settings={"cluster-enabled": "yes"})) as server:
        for each in redis_checks.SERVERS:
            setattr(settings, each, server.url(database))
        assert ids(redis_checks.no_server_is_a_cluster(None)) == ["sicargabox.E022"]


def test_any_other_server_is_none(named):
    named(ports=(0, 1, 2))
    assert redis_checks.no_server_is_a_cluster(None) == []
