"""The product's own processes, as a person would start them, for tests on real servers.

`env` is laid over our own environment; a value of None takes a variable away. Each function
returns a `Spawned`: use it in a `with` block, or call `terminate` or `kill`. `start` is how it is
started: as a person does, or forked (tests.support.forked), which is quicker.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tools.spawned import Spawned

Environment = Mapping[str, str | None]
Start = type[Spawned]


def environment(env: Environment) -> dict[str, str]:
    """Our environment with these changes, the settings module being the product's."""
    changed = {**os.environ, "DJANGO_SETTINGS_MODULE": "sicargabox.settings", **env}
    return {key: value for key, value in changed.items() if value is not None}


def manage(*arguments: str, env: Environment, log: Path, start: Start = Spawned) -> Spawned:
    """`manage.py ...`, without waiting for anything: the caller knows what for."""
    return start(
        [sys.executable, "-u", "manage.py", *arguments],
        log=log,
        env=environment(env),
        name=f"manage.py {arguments[0]}",
    )


def worker(
    *queues: str,
    env: Environment,
    log: Path,
    concurrency: int = 1,
    name: str = "test",
    start: Start = Spawned,
) -> Spawned:
    """A Celery worker on these queues, ready to take messages. Raises Failed after 40 s."""
    command = [sys.executable, "-m", "celery", "-A", "sicargabox", "worker", "-l", "INFO"]
    command += ["-Q", ",".join(queues), "-c", str(concurrency), "-n", f"{name}@%h"]
    command += ["--without-mingle", "--without-gossip"]
    # Whatever else is to be quiet: its word that it is ready is one of INFO.
    told = environment({**env, "LOG_LEVEL": "INFO"})
    process = start(command, log=log, env=told, name=f"worker {name}")
    try:
        process.wait_for_output(" ready.", timeout=40)
    except BaseException:
        process.kill()
        raise
    return process


def web(*, port: int, env: Environment, log: Path, start: Start = Spawned) -> Spawned:
    """The site under uvicorn on 127.0.0.1, on its way: see await_web."""
    command = [sys.executable, "-m", "uvicorn", "sicargabox.asgi:application", "--port", str(port)]
    command += ["--ws", "websockets-sansio", "--lifespan", "off"]
    return start(command, log=log, env=environment(env), name="uvicorn")


def await_web(process: Spawned, url: str) -> None:
    """Wait until it answers. Raises Failed after 40 s."""
    process.wait_until(lambda: _answers(f"{url}/healthz"), "answering", timeout=40)


def _answers(url: str) -> bool:
    # A proxy in the environment is not for 127.0.0.1.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True  # any answer is one: what it says is the test's matter
    except OSError:
        return False
