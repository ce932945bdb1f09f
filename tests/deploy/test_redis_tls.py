"""Redis over TLS with an authority of one's own, by the addresses that docs/runbook.md gives."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.deploy.shipped import program
from tests.support import certificates, product
from tools.spawned import Spawned, free_port

# Each way in which we speak to Redis says that it got through; the first that does not, why.
SPEAK = """
from asgiref.sync import async_to_sync
from celery import current_app
from channels.layers import get_channel_layer
from django.conf import settings
from django_redis import get_redis_connection
from admintools.watch import facts
from sicargabox.checks import _eviction_policy

current_app.connection(transport_options={"max_retries": 0}).default_channel.client.ping()
print("the broker")
current_app.backend.client.ping()
print("the results")
get_redis_connection("default").ping()
print("the cache")
async_to_sync(get_channel_layer().group_send)("runs", {"type": "run.changed"})
print("the channel")
print("the health" if facts.broker() else "no health")
print("policy", _eviction_policy(settings.CELERY_BROKER_URL))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With ca.pem, server.pem for localhost, and its key."""
    return certificates.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def port(place: Path) -> Iterator[int]:
    """Of a server that speaks TLS and nothing else."""
    port = free_port()
    argv = [program("redis-server"), "--bind", "127.0.0.1", "--port", "0", "--tls-port", str(port)]
    argv += ["--tls-cert-file", "server.pem", "--tls-key-file", "server.key"]
    argv += ["--tls-ca-cert-file", "ca.pem", "--tls-auth-clients", "no", "--requirepass", "pass"]
    client = redis.Redis(
        "localhost", port, password="pass", ssl=True, ssl_ca_certs=place / "ca.pem"
    )
    with Spawned(argv, log=place / "redis.log", cwd=place) as server:
        server.wait_until(lambda: _answers(client), "answering", timeout=20)
        yield port


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def spoken(place: Path, port: int, query: str, host: str = "localhost") -> str:
    """What SPEAK writes, and what it fails with."""
    env = {"REDIS_URL": f"rediss://:pass@{host}:{port}{query}", "REDIS_CACHE_URL": None}
    there = {"VAR_DIR": str(place / "var"), "SECRET_KEY": "s" * 50, "DATABASE_URL": None}
    with product.manage("shell", "-c", SPEAK, env={**env, **there}, log=place / "log") as shell:
        shell.wait()
        return shell.output()


def test_with_its_certificate_everything_gets_through(place, port):
    told = spoken(place, port, f"?ssl_ca_certs={place}/ca.pem")
    for way in ("broker", "results", "cache", "channel", "health"):
        assert f"the {way}\n" in told
    assert "policy noeviction" in told


def test_an_authority_that_nobody_named_is_not_believed(place, port):
    told = spoken(place, port, "")
    assert "certificate verify failed" in told
    assert "the broker\n" not in told


def test_a_certificate_of_another_name_is_not_believed(place, port):
    told = spoken(place, port, f"?ssl_ca_certs={place}/ca.pem", host="127.0.0.1")
    assert "certificate verify failed: IP address mismatch" in told
    assert "the broker\n" not in told
