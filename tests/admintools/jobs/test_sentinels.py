"""How Celery is told of a primary that sentinels watch."""

import pytest
from celery import current_app

from admintools.jobs import sentinels

URL = (
    "rediss://runs:secret-1@Primary-a/4?sentinels=one:1,two:2&sentinel_password=secret-2"
    "&ssl_cert_reqs=required&ssl_ca_certs=/etc/ca.pem"
)


@pytest.fixture
def connection(settings):
    settings.CELERY_BROKER_URL = URL
    return current_app.connection_for_write(url=sentinels.broker_url())


def test_the_broker_is_met_with_its_user_database_and_authority(connection):
    assert connection.transport_cls == "sentinel"
    assert isinstance(connection.transport, sentinels.PrimaryTransport)
    assert (connection.userid, connection.password) == ("runs", "secret-1")
    assert connection.virtual_host == "4"
    assert connection.ssl["ssl_ca_certs"] == "/etc/ca.pem"


def test_what_a_worker_tells_of_its_broker_holds_no_password(connection):
    told = connection.info()
    del told["password"]  # as Celery does before it answers
    assert "secret" not in str(told)
    assert "secret" not in connection.as_uri()


def test_results_are_kept_on_their_primary(settings):
    settings.CELERY_RESULT_BACKEND = URL
    results = sentinels.results(current_app)
    pool = results.client.connection_pool
    assert (pool.service_name, pool.connection_kwargs["db"]) == ("Primary-a", 4)
    assert "secret-1" not in results.as_uri()


def test_at_an_address_both_are_what_they_were(settings):
    settings.CELERY_BROKER_URL = settings.CELERY_RESULT_BACKEND = "redis://:pw@one:6379/1"
    assert sentinels.broker_url() == "redis://:pw@one:6379/1"
    pool = sentinels.results(current_app).client.connection_pool
    assert (pool.connection_kwargs["host"], pool.connection_kwargs["db"]) == ("one", 1)
