"""The commands of docker-compose.yml that start both Redis servers, run with a real one."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.conftest import missing
from tests.deploy.shipped import composed
from tools.spawned import Spawned, free_port

PASSWORD = "letters4nd1gits"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict:
    values = {"REDIS_A_PASSWORD": PASSWORD, "REDIS_B_PASSWORD": PASSWORD}
    return composed(tmp_path_factory.mktemp("compose"), **values, REDIS_A_MAXMEMORY="64mb")[
        "services"
    ]


@pytest.fixture(params=["redis-a", "redis-b"])
def server(request, services, tmp_path) -> Iterator[tuple[str, redis.Redis, Spawned]]:
    """(name, client, process) of the server that this service's command starts."""
    if not shutil.which("redis-server"):
        missing("there is no redis-server on PATH")
    service = services[request.param]
    shell, flag, script = service["command"]
    port = free_port()
    # Of the container's own world only directory and port are changed.
    script = script.replace("$$", "$").replace("dir /data", f"dir {tmp_path}")
    script = script.replace("<<END\n", f"<<END\nport {port}\nbind 127.0.0.1\n")
    env = {"PATH": os.environ["PATH"], **service["environment"]}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    process = Spawned([shell, flag, script], log=tmp_path / "log", env=env, cwd=elsewhere)
    client = redis.Redis(port=port, password=PASSWORD, decode_responses=True)
    with process:
        process.wait_until(lambda: _answers(client), "answering", timeout=10)
        yield request.param, client, process


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_its_policy_and_persistence_are_those_of_its_use(server, tmp_path):
    name, client, _process = server
    wanted = {
        "redis-a": {
            # Where its volume is: tests/deploy/test_compose_servers.py.
            "dir": str(tmp_path),
            "maxmemory": str(64 * 1024**2),
            "maxmemory-policy": "noeviction",
            "save": "900 1 300 10 60 10000",
            "appendonly": "yes",
            "appendfsync": "everysec",
        },
        "redis-b": {
            "maxmemory": str(256 * 1024**2),
            "maxmemory-policy": "allkeys-lru",
            "save": "",
            "appendonly": "no",
        },
    }[name]
    assert {key: client.config_get(key)[key] for key in wanted} == wanted


def test_without_the_password_it_answers_nothing(server):
    _name, client, _process = server
    port = client.connection_pool.connection_kwargs["port"]
    stranger = redis.Redis(port=port, retry=Retry(NoBackoff(), 0))
    with pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_the_password_is_no_argument_of_its_process(server):
    _name, _client, process = server
    assert PASSWORD not in Path(f"/proc/{process.pid}/cmdline").read_text()


def test_its_health_check_tells_life_from_death(server, services):
    name, client, process = server
    if not shutil.which("redis-cli"):
        missing("there is no redis-cli on PATH")
    kind, script = services[name]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    port = client.connection_pool.connection_kwargs["port"]
    script = script.replace("redis-cli", f"redis-cli -p {port}")
    env = {"PATH": os.environ["PATH"], "REDISCLI_AUTH": PASSWORD}
    assert subprocess.run(["sh", "-c", script], env=env, timeout=10).returncode == 0
    process.kill()
    time.sleep(0.1)
    done = subprocess.run(["sh", "-c", script], env=env, capture_output=True, timeout=10)
    assert done.returncode != 0
