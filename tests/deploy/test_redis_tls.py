"""Redis over TLS with an authority of one's own, with users of few rights, and by sentinels: by
the addresses and rights that docs/runbook.md gives."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.deploy.shipped import program
from tests.support import certificates, product
from tests.support.sentinels import RIGHTS
from tools.spawned import Spawned, free_port

# Each way in which we speak to Redis says that it got through; the first that does not, why.
SPEAK = """
import asyncio
from celery import current_app
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.cache import caches
from django_redis import get_redis_connection
from limits import RateLimitItemPerMinute
from admintools.watch import facts
from api.limits import Limits
from sicargabox.checks import _eviction_policy

with current_app.connection(transport_options={"max_retries": 0}) as connection:
    connection.default_channel.client.ping()
    with connection.SimpleQueue("tried") as queue:
        queue.put([7])
        assert queue.get(timeout=5).payload == [7]
print("the broker")
current_app.backend.store_result("an-id", {"n": 7}, "SUCCESS")
assert current_app.AsyncResult("an-id").result == {"n": 7}
print("the results")
for alias in settings.CACHES:
    get_redis_connection(alias).ping()
    caches[alias].set("key", [7])
    assert caches[alias].get("key") == [7]
print("the cache")

async def heard():
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add("runs", channel)
    layer.send_now(["runs"], {"type": "run.changed"})
    return await asyncio.wait_for(layer.receive(channel), 5)

assert asyncio.run(heard()) == {"type": "run.changed"}
print("the channel")
limits = Limits(settings.API_LIMITS_URL)
limits.count(RateLimitItemPerMinute(5), "somebody")
print("no limits" if limits.alone else "the limits")
facts.broker_client().execute_command("SLOWLOG", "GET", 1)
print("the health" if facts.broker() else "no health")
print("policy", _eviction_policy(settings.CELERY_BROKER_URL))
"""


WAYS = ("broker", "results", "cache", "channel", "limits", "health")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With ca.pem, server.pem for localhost, and its key."""
    return certificates.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def port(place: Path) -> Iterator[int]:
    """Of a server that speaks TLS and nothing else."""
    port = free_port()
    argv = [program("redis-server"), "--bind", "127.0.0.1", "--port", "0", "--tls-port", str(port)]
    argv += [word for option in TLS for word in (f"--{option[0]}", option[1])]
    argv += ["--requirepass", "pass"]
    client = _client(place, port)
    with Spawned(argv, log=place / "redis.log", cwd=place) as server:
        server.wait_until(lambda: _answers(client), "answering", timeout=20)
        for user in ("runs", "pages"):
            client.execute_command("ACL", "SETUSER", user, "on", f">pw-{user}", *RIGHTS.split())
        yield port


TLS = (
    *(("tls-cert-file", "server.pem"), ("tls-key-file", "server.key")),
    *(("tls-ca-cert-file", "ca.pem"), ("tls-auth-clients", "no")),
)


@pytest.fixture
def sentinel(place: Path, port: int) -> Iterator[int]:
    """The port of one that speaks TLS too, and watches the server by its certificate's name."""
    mine = free_port()
    lines = ["port 0", f"tls-port {mine}", "bind 127.0.0.1", "tls-replication yes"]
    lines += [f"{name} {value}" for name, value in TLS]
    lines += ["sentinel resolve-hostnames yes", "sentinel announce-hostnames yes"]
    lines += [f"sentinel monitor Primary-a localhost {port} 1", "sentinel auth-pass Primary-a pass"]
    config = place / "sentinel.conf"
    config.write_text("\n".join([*lines, 'requirepass "watching"', ""]))
    argv = [program("redis-server"), config, "--sentinel"]
    client = _client(place, mine, "watching")
    with Spawned(argv, log=place / "sentinel.log", cwd=place) as server:
        server.wait_until(lambda: _answers(client), "answering", timeout=20)
        yield mine


def _client(place: Path, port: int, password: str = "pass") -> redis.Redis:
    ca = place / "ca.pem"
    return redis.Redis("localhost", port, password=password, ssl=True, ssl_ca_certs=ca)


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def spoken(place: Path, port: int, query: str, host: str = "localhost") -> str:
    """What SPEAK writes to this server, and what it fails with."""
    return said(place, REDIS_URL=f"rediss://:pass@{host}:{port}{query}", REDIS_CACHE_URL=None)


def said(place: Path, **env: str | None) -> str:
    there = {"VAR_DIR": str(place / "var"), "SECRET_KEY": "s" * 50, "DATABASE_URL": None}
    with product.manage("shell", "-c", SPEAK, env={**env, **there}, log=place / "log") as shell:
        shell.wait()
        return shell.output()


def test_with_its_certificate_and_few_rights_everything_gets_through(place, port):
    told = said(
        place,
        REDIS_URL=f"rediss://runs:pw-runs@localhost:{port}?ssl_ca_certs={place}/ca.pem",
        REDIS_CACHE_URL=f"rediss://pages:pw-pages@localhost:{port}?ssl_ca_certs={place}/ca.pem",
    )
    assert got_through(told) == WAYS, told
    assert "policy noeviction" in told


def test_the_runbook_gives_the_same_rights():
    runbook = (Path(__file__).resolve().parents[2] / "docs" / "runbook.md").read_text()
    assert f"on >PASSWORD {RIGHTS} " in runbook


def got_through(told: str) -> tuple[str, ...]:
    return tuple(way for way in WAYS if f"the {way}\n" in told)


def test_sentinels_are_asked_over_tls_too(place, port, sentinel):
    query = f"ssl_ca_certs={place}/ca.pem&sentinels=localhost:{sentinel}"
    url = f"rediss://runs:pw-runs@Primary-a?{query}&sentinel_password=watching"
    told = said(place, REDIS_URL=url, REDIS_CACHE_URL=None)
    assert got_through(told) == WAYS, told
    assert "policy noeviction" in told


@pytest.mark.parametrize("name", ["CELERY_BROKER_URL", "CELERY_RESULT_BACKEND"])
def test_a_database_with_a_url_of_its_own_is_verified_as_well(place, port, name):
    known = f"rediss://:pass@localhost:{port}?ssl_ca_certs={place}/ca.pem"
    url = f"rediss://:pass@localhost:{port}/1"
    told = said(place, REDIS_URL=known, REDIS_CACHE_URL=None, **{name: url})
    assert "certificate verify failed" in told
    assert "the results\n" not in told


def test_an_authority_that_nobody_named_is_not_believed(place, port):
    told = spoken(place, port, "")
    assert "certificate verify failed" in told
    assert "the broker\n" not in told


def test_a_certificate_of_another_name_is_not_believed(place, port):
    told = spoken(place, port, f"?ssl_ca_certs={place}/ca.pem", host="127.0.0.1")
    assert "certificate verify failed: IP address mismatch" in told
    assert "the broker\n" not in told
