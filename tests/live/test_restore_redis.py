"""Server A is lost, and comes back from a copy with what waited and the results.

With the commands of docs/runbook.md. The rows know more than any copy: without one the dispatcher
sends again what waits (test_broker_outages.py).
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from celery import current_app
from celery.result import AsyncResult

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status
from tests.conftest import missing
from tests.support.site import ended, run_until

ROOT = Path(__file__).resolve().parents[2]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
BY_TEST = Initiator(Source.COMMAND, name="x")


def shell(command: str, **streams) -> None:
    done = subprocess.run(
        ["sh", "-euc", command],
        **{"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, **streams},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def backup(directory: Path, port: int, **env: str) -> subprocess.CompletedProcess:
    """deploy/backup.sh, as cron runs it."""
    return subprocess.run(
        [ROOT / "deploy" / "backup.sh", "redis"],
        env={**os.environ, "BACKUP_DIR": str(directory), "REDIS_OPTIONS": f"-p {port}", **env},
        capture_output=True,
        text=True,
        timeout=60,
    )


def told_to(what: str) -> str:
    """The shell's part of a command of the runbook, in the container of server A."""
    found = re.findall(rf"redis-a sh -c '([^']*)'[^\n]*# {what}$", RUNBOOK, re.MULTILINE)
    assert len(found) == 1, what
    return found[0]


def from_rdb(broker, tmp_path):
    done = backup(tmp_path / "backups", broker.port)
    assert done.returncode == 0, done.stderr
    copy = Path(done.stdout.strip())
    assert copy.stat().st_mode & 0o077 == 0
    return lambda: shell(command(told_to("from a copy"), broker), stdin=copy.open("rb"))


def from_aof(broker, tmp_path):
    copy = tmp_path / "redis-a.tar"
    with copy.open("wb") as file:
        shell(command(told_to("copy of the append-only file"), broker), stdout=file)
    return lambda: shell(command(told_to("from that"), broker), stdin=copy.open("rb"))


def command(told, broker):
    return told.replace("cd /data", f"cd '{broker.directory}'").replace(
        "redis-cli", f"redis-cli -p {broker.port}"
    )


@pytest.fixture(autouse=True)
def programs():
    if not shutil.which("redis-cli"):
        missing("there is no redis-cli on PATH")


def test_queue_and_results_are_there_again_from_a_copy(site, broker, tmp_path):
    """Of either kind, taken while the server runs."""
    broker.client().config_set("repl-diskless-sync-delay", "0")
    worker = site.worker("learning")
    done = run_until(launch("trial_count", parameters={"items": 2}, initiator=BY_TEST), ended)
    run_until(done, lambda r: r.stored_seq == r.seq)
    worker.terminate()
    waiting = [launch("trial_count", parameters={"items": 2}, initiator=BY_TEST) for _ in range(3)]
    usual = broker.client().config_get("auto-aof-rewrite-percentage")
    restores = [from_rdb(broker, tmp_path), from_aof(broker, tmp_path)]
    assert broker.client().config_get("auto-aof-rewrite-percentage") == usual
    for restore in restores:
        broker.kill()
        shutil.rmtree(broker.directory / "appendonlydir")
        restore()
        broker.start()
        assert broker.client().llen("learning") == 3
        assert AsyncResult(done.task_id).result == done.result
        current_app.backend.delete(current_app.backend.get_key_for_task(done.task_id))
    site.worker("learning", name="w2")  # and no dispatcher, which would send them again
    for run in waiting:
        run = run_until(run, ended)
        assert (run.status, run.publications) == (Status.SUCCESS, 1)


class TestBackup:
    """deploy/backup.sh redis."""

    def test_only_the_newest_are_kept_and_the_dumps_of_the_database(self, broker, tmp_path):
        broker.client().config_set("repl-diskless-sync-delay", "0")
        place = tmp_path / "backups"
        place.mkdir()
        names = [f"redis-a-2026010{day}T000000Z.rdb" for day in range(1, 4)]
        for name in (*names, "sicargabox-20260101T000000Z.dump", "unfinished.7"):
            (place / name).touch()
        (place / "unfinished-redis.1").touch()
        done = backup(place, broker.port, KEEP="2")
        assert done.returncode == 0, done.stderr
        assert sorted(path.name for path in place.iterdir()) == [
            names[-1],
            Path(done.stdout.strip()).name,
            "sicargabox-20260101T000000Z.dump",
            "unfinished.7",  # that of a dump which is being made
        ]

    @pytest.mark.parametrize("through", ["false", "echo no such service:", "true"])
    def test_when_it_fails_it_says_so_and_removes_nothing(self, tmp_path, through):
        place = tmp_path / "backups"
        place.mkdir()
        (place / "redis-a-20260101T000000Z.rdb").touch()
        done = backup(place, 1, KEEP="1", THROUGH=through)
        assert done.returncode != 0
        assert [path.name for path in place.iterdir()] == ["redis-a-20260101T000000Z.rdb"]

    def test_a_server_that_is_away_is_named(self, tmp_path):
        done = backup(tmp_path, 1)
        assert done.returncode != 0
        assert "Could not connect to Redis at 127.0.0.1:1" in done.stderr

    def test_a_word_that_it_does_not_know_is_refused(self, tmp_path):
        done = subprocess.run(
            [ROOT / "deploy" / "backup.sh", "reddis"],
            env={"BACKUP_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 2
        assert "write redis" in done.stderr
