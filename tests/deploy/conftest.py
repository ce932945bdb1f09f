"""The site under uvicorn as it is started in production, for the tests of what stands before it."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from sicargabox.supervisor import parts
from tests.support import product
from tools.spawned import Spawned, free_port

DOMAIN = "admin.example.hn"


def request_id() -> dict[str, str]:
    """A header by which the request is found in the log."""
    return {"X-Request-ID": uuid.uuid4().hex}


def logged_client(web: Spawned, headers: dict[str, str]) -> str:
    """The client's address in the site's line for the request with this `request_id`."""
    given = f'"request_id": "{headers["X-Request-ID"]}"'
    web.wait_for_output(given, timeout=5)
    line = next(line for line in web.output().splitlines() if given in line)
    return json.loads(line)["client"]


@pytest.fixture(scope="module")
def start_web(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., tuple[Spawned, int]]]:
    """Starts it with this environment; (process, port on every loopback address)."""
    with ExitStack() as running:

        def start(port: int | None = None, **env: str) -> tuple[Spawned, int]:
            port = port or free_port()
            place = tmp_path_factory.mktemp("web")
            # Not to 127.0.0.1: the tests come from other addresses of this machine's loopback.
            web = parts.services("0.0.0.0", port)[0]
            there = {"VAR_DIR": str(place), "SECRET_KEY": "s" * 50, "DATABASE_URL": None}
            settings = {**there, "ALLOWED_HOSTS": DOMAIN, "HTTPS": "True", **env}
            process = Spawned(
                web.argv, log=place / "web.log", env=product.environment(settings), name="web"
            )
            running.enter_context(process)
            process.wait_for_output("Uvicorn running", timeout=60)
            return process, port

        yield start
