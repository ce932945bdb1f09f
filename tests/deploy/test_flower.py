"""Flower, as docker-compose.yml starts it, on a real broker."""

import base64
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tests.conftest import started
from tests.deploy.shipped import composed
from tests.support import product
from tests.support.servers import RedisServer
from tools.spawned import Spawned, free_port

WHO = "operator:letters4nd1gits"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> dict:
    place = tmp_path_factory.mktemp("compose")
    return composed(place, FLOWER_BASIC_AUTH=WHO)["services"]["flower"]


@pytest.fixture(scope="module")
def flower(service: dict, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Its port, once it answers."""
    place, port = tmp_path_factory.mktemp("flower"), free_port()
    broker = started(RedisServer())
    argv = [word.replace("5555", str(port)) for word in service["command"]]
    assert argv[0] == "python"
    argv[0] = sys.executable
    env = product.environment(
        {
            "REDIS_URL": broker.url().removesuffix("/0"),
            "FLOWER_BASIC_AUTH": service["environment"]["FLOWER_BASIC_AUTH"],
            "VAR_DIR": str(place),
            "DATABASE_URL": None,
        }
    )
    with broker, Spawned(argv, log=place / "log", env=env, name="flower") as process:
        process.wait_until(lambda: status(port, "/healthcheck") == 200, "answering", timeout=60)
        yield port


def status(port: int, path: str, login: str = "") -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    if login:
        request.add_header("Authorization", "Basic " + base64.b64encode(login.encode()).decode())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        return opener.open(request, timeout=10).status
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return 0


@pytest.mark.parametrize("path", ["/", "/workers", "/tasks", "/broker", "/api/workers"])
def test_without_the_password_it_shows_nothing(flower: int, path: str) -> None:
    assert status(flower, path) == 401
    assert status(flower, path, "operator:wrong") == 401


def test_with_it_one_sees_the_workers(flower: int) -> None:
    assert status(flower, "/workers", WHO) == 200


def test_the_health_check_of_its_container_needs_none(flower: int, service: dict) -> None:
    script = service["healthcheck"]["test"][-1]
    exec(script.replace("5555", str(flower)))  # as python -c runs it
    with pytest.raises(OSError):
        exec(script.replace("5555", str(free_port())))
