"""`manage.py up` with all its real parts: they come together and go together."""

import itertools
import json
import signal
import socket
import stat
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support import product
from tools.spawned import Spawned, descendants, free_port

PARTS = {
    *("broker", "web", "worker-elasticsearch", "worker-general"),
    *("worker-events", "worker-notifications"),
    *("dispatch", "sync_index", "notify", "beat"),
}
ASK_BROKER = """
import redis
from django.conf import settings
print("the broker answers", redis.Redis.from_url(settings.CELERY_BROKER_URL).ping())
"""
OURS = ("REDIS_URL", "REDIS_CACHE_URL", "DATABASE_URL", "ELASTICSEARCH_URL", "SECRET_KEY", "DEBUG")


class Installation:
    """A VAR_DIR of its own, in a path with spaces, and the commands run on it."""

    def __init__(self, directory: Path) -> None:
        self.var = directory / "a path with spaces" / "var"
        self.port = free_port()
        self._logs = directory
        self.started: list[Spawned] = []
        self._up: Spawned | None = None

    def manage(self, *arguments: str) -> Spawned:
        log = self._logs / f"{len(self.started)}.out"
        env = {**dict.fromkeys(OURS), "VAR_DIR": str(self.var), "WORKER_CONCURRENCY": "1"}
        process = product.manage(*arguments, env=env, log=log)
        self.started.append(process)
        return process

    def up(self) -> Spawned:
        """Everything, ready; the one that runs already, if one does."""
        if self._up is None or not self._up.running:
            self._up = self.manage("up", "--port", str(self.port))
            self._up.wait_for_output("All parts run.", timeout=90)
        return self._up

    def get(self, path: str) -> int:
        url = f"http://127.0.0.1:{self.port}{path}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=10) as answer:
            return answer.status

    def close(self) -> None:
        for process in self.started:
            process.kill()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    there = Installation(tmp_path)
    yield there
    there.close()


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One for those that look at it and those that end it: whoever is next starts it again."""
    there = Installation(tmp_path_factory.mktemp("running"))
    yield there
    there.close()


def left_of(pids: list[int], *, within: float) -> list[int]:
    """Which of these processes still live once they have had so many seconds to end."""
    deadline = time.monotonic() + within
    while left := [pid for pid in pids if _lives(pid)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return left


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class TestRunning:
    """One that runs, looked at from all sides."""

    def test_it_says_that_each_part_is_ready(self, there: Installation) -> None:
        said = there.up().output().splitlines()
        assert {line.split()[0] for line in said if " ready in " in line} == PARTS

    def test_the_site_answers(self, there: Installation) -> None:
        there.up()
        assert there.get("/healthz") == 200
        assert there.get("/admin/login/") == 200

    def test_other_commands_find_its_broker(self, there: Installation) -> None:
        there.up()
        asked = there.manage("shell", "-c", ASK_BROKER)
        assert asked.wait(timeout=30) == 0, asked.tail()
        assert "the broker answers True" in asked.output()

    def test_nobody_else_may_read_the_data_and_the_logs(self, there: Installation) -> None:
        there.up()
        private = [there.var / "sicargabox.sqlite3", *(there.var / "logs").iterdir()]
        assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}

    def test_every_line_of_every_part_is_one_json_object(self, there: Installation) -> None:
        there.up()
        there.get("/healthz")
        # From then on: Celery prints a picture of itself before.
        starts = {"web": "Uvicorn running", "beat": "beat: Starting", "worker-general": " ready."}
        for part, start in starts.items():
            log = (there.var / "logs" / f"{part}.log").read_text().splitlines()
            lines = list(itertools.dropwhile(lambda line, start=start: start not in line, log))
            assert lines, part
            for line in lines:
                assert {"event", "level", "logger", "timestamp"} <= json.loads(line).keys()

    def test_a_second_one_on_the_same_data_is_refused(self, there: Installation) -> None:
        first = there.up()
        second = there.manage("up", "--port", str(free_port()))
        assert second.wait(timeout=30) == 1
        assert f"running already with {there.var} (process {first.pid})" in second.output()
        assert first.running


def test_sigterm_ends_all_parts_in_order(there: Installation) -> None:
    up = there.up()
    everyone = descendants(up.pid)
    began = time.monotonic()
    up.send(signal.SIGTERM)
    assert up.wait(timeout=40) == 0
    assert time.monotonic() - began < 15
    assert left_of(everyone, within=0) == []
    assert not (there.var / "broker.url").exists()
    assert "killed" not in up.output()


def test_kill_9_leaves_no_process_and_nothing_in_the_way(there: Installation) -> None:
    up = there.up()
    everyone = descendants(up.pid)
    # Seven parts, and the pool of each of the two workers.
    assert len(everyone) >= len(PARTS) + 2
    up.send(signal.SIGKILL)
    assert left_of(everyone, within=3) == []
    assert there.up().pid != up.pid


def test_when_a_part_dies_it_is_named_and_all_stop(there: Installation) -> None:
    up = there.up()
    everyone = descendants(up.pid)
    worker = next(
        child
        for child in psutil.Process(up.pid).children()
        if {"worker", "elasticsearch"} <= set(child.cmdline())
    )
    worker.kill()
    assert up.wait(timeout=40) == 1
    assert left_of(everyone, within=3) == []
    assert "worker-elasticsearch ended (killed by SIGKILL)" in up.output()


def test_a_busy_port_is_said_before_anything_is_started(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.port)):
        up = installation.manage("up", "--port", str(installation.port))
        assert up.wait(timeout=30) == 1
    assert f"Port {installation.port} on 127.0.0.1 is busy" in up.output()
    assert "ready in" not in up.output()
    assert not list((installation.var / "logs").iterdir())


def test_the_demo_indexes_the_built_in_catalogue_and_says_so_in_json(
    installation: Installation,
) -> None:
    reports = []
    for _ in range(2):
        demo = installation.manage("demo", "--once", "--port", str(installation.port))
        assert demo.wait(timeout=120) == 0, demo.tail()
        reports.append(json.loads(demo.output().splitlines()[-1]))
    first, second = reports
    assert first["status"] == second["status"] == "SUCCESS"
    assert first["documents"] == second["documents"] >= 300
    assert first["engine"] == "tantivy"
    assert first["seconds"] > 0
    assert first["task_id"] != second["task_id"]


def test_the_demo_that_cannot_start_says_so_in_json(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.port)):
        demo = installation.manage("demo", "--once", "--port", str(installation.port))
        assert demo.wait(timeout=30) == 1
    report = json.loads(demo.output().splitlines()[-1])
    assert report["status"] == "FAILURE"
    assert report["task_id"] is None
    assert "busy" in report["error"]["message"]
