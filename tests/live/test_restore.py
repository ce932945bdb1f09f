"""The drill: the machine is lost, and of all stores only a dump of PostgreSQL is left.

It is restored into another server; index and Redis begin empty. How long each step takes for a
catalogue of the real size is printed; docs/runbook.md has the figures.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from tests.conftest import started
from tests.support import product
from tests.support.clocks import pick
from tests.support.forked import Forked
from tests.support.servers import PostgresServer, RedisServer, _postgres_programs
from tests.support.site import FAST_CLOCKS
from tools.spawned import Spawned

ROOT = Path(__file__).resolve().parents[2]
# In a soak as many as the official tariff has lines to search.
LINES = pick(1_500, 7_500)
USERS_AND_RUNS = """
from django.contrib.auth.models import User
from django_celery_beat.models import PeriodicTask
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source
User.objects.create_superuser("ana", password="una clave larga")
PeriodicTask.objects.filter(name__startswith="Limpieza").update(enabled=False)
by = Initiator(Source.COMMAND, name="ana")
launch("cleanup", initiator=by)
launch("trial_count", parameters={"items": 600, "pause": 0.1}, initiator=by)
"""
KNOWN_USER = """
from django.contrib.auth import authenticate
print("user", authenticate(username="ana", password="una clave larga"))
"""
KEPT = {
    "catalogue": 'SELECT count(*), max(id) FROM "MiCasillero_partidaarancelaria"',
    "history": "SELECT id, task_id, job, created_at FROM admintools_taskhistory ORDER BY id",
    "schedules": "SELECT name, enabled, kwargs FROM django_celery_beat_periodictask ORDER BY name",
    "users": "SELECT username, password, is_superuser FROM auth_user",
}


class Installation:
    """The product on one PostgreSQL and one Redis server, with a VAR_DIR that begins empty."""

    def __init__(self, directory: Path, postgres: PostgresServer, broker: RedisServer) -> None:
        directory.mkdir()
        self.directory, self.postgres = directory, postgres
        self.database_url = postgres.create_database("sicargabox")
        self.env = product.environment(
            {
                **FAST_CLOCKS,
                "DJANGO_SETTINGS_MODULE": "tests.live.settings",
                "DATABASE_URL": self.database_url,
                "REDIS_URL": broker.url(0),
                "VAR_DIR": str(directory / "var"),
                "SEARCH_ENGINE": "tantivy",
                "ELASTICSEARCH_URL": None,
            }
        )

    def manage(self, *arguments: str) -> str:
        """What it said."""
        log = self.directory / "manage.log"
        process = product.manage(*arguments, env=self.env, log=log, start=Forked)
        assert process.wait(timeout=120) == 0, process.tail()
        return process.output()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Worker and dispatcher run."""
        log = self.directory / "worker.log"
        worker = product.worker("celery", "learning", env=self.env, log=log)
        dispatch = [sys.executable, "-u", "manage.py", "dispatch"]
        with worker, Spawned(dispatch, log=self.directory / "dispatch.log", env=self.env):
            yield

    def rows(self, query: str) -> list[tuple]:
        with psycopg2.connect(self.database_url) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def status(self, job: str) -> tuple:
        query = "SELECT status, attempt, done FROM admintools_taskhistory WHERE job = '{}'"
        (row,) = self.rows(query.format(job))
        return row

    def programs(self) -> dict[str, str]:
        """The environment in which PostgreSQL's programs meet this database."""
        server = {"PGHOST": "127.0.0.1", "PGPORT": str(self.postgres.port), "PGUSER": "sicargabox"}
        path = f"{_postgres_programs()}:{os.environ['PATH']}"
        password = {"PGPASSWORD": self.postgres.password, "PGDATABASE": "sicargabox"}
        return {"PATH": path, **server, **password}


@pytest.fixture
def install(tmp_path: Path):
    """Makes an installation on servers of its own."""
    with installing(tmp_path) as install:
        yield install


@contextmanager
def installing(directory: Path) -> Iterator[Callable[[str], Installation]]:
    servers = []

    def make(name: str) -> Installation:
        servers.extend([started(PostgresServer()), started(RedisServer())])
        return Installation(directory / name, *servers[-2:])

    try:
        yield make
    finally:
        for server in servers:
            server.close()


class Clock:
    """Seconds of each step, by its name."""

    def __init__(self) -> None:
        self.took: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.took[name] = round(time.monotonic() - began, 2)


def until(condition, timeout: float = 40) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def last_line(said: str) -> str:
    return said.splitlines()[-1]


def backup(directory: Path, **env: str) -> Path:
    """deploy/backup.sh, as the timer runs it."""
    done = subprocess.run(
        [ROOT / "deploy" / "backup.sh"],
        env={"BACKUP_DIR": str(directory), **env},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def restore(dump: Path, installation: Installation) -> None:
    """The commands of docs/runbook.md: beside the database that is there, then in its place."""
    fill = ["pg_restore", "-U", "sicargabox", "--no-owner", "--exit-on-error", "-d", "restored"]
    env = installation.programs()
    subprocess.run(["createdb", "-U", "sicargabox", "restored"], env=env, check=True, timeout=30)
    with dump.open("rb") as file:
        subprocess.run(fill, env=env, stdin=file, check=True, timeout=120)
    subprocess.run(
        [
            *("psql", "-U", "sicargabox", "-d", "postgres", "-q"),
            *("-c", "ALTER DATABASE sicargabox RENAME TO before_restore"),
            *("-c", "ALTER DATABASE restored RENAME TO sicargabox"),
        ],
        env=env,
        check=True,
        timeout=30,
    )


def test_everything_is_there_again_from_a_dump_alone(install, tmp_path, capsys):
    clock, lost = Clock(), install("lost")
    lost.manage("migrate", "--verbosity", "0")
    lost.manage("seed_catalog", "--items", str(LINES))
    lost.manage("shell", "-c", USERS_AND_RUNS)
    # One run waits for its worker, the other is at work: the dump is taken under way.
    log = lost.directory / "worker.log"
    with product.worker("learning", env=lost.env, log=log):
        lost.manage("dispatch", "--once")
        until(lambda: lost.status("trial_count")[2] > 5)
        with clock.step("dump"):
            dump = backup(tmp_path / "backups", **lost.programs())
    kept = {name: lost.rows(query) for name, query in KEPT.items()}
    lost.postgres.close()

    found = install("found")
    with clock.step("restore"):
        restore(dump, found)
    with clock.step("migrate"):
        found.manage("migrate", "--verbosity", "0")
    with clock.step("rebuild, with its start"):
        told = json.loads(last_line(found.manage("rebuild_index", "--json")))
    assert told["status"] == "SUCCESS", told
    assert (
        told["documents"]
        == found.rows('SELECT count(*) FROM "MiCasillero_partidaarancelaria" WHERE is_leaf')[0][0]
    )
    assert {name: found.rows(query) for name, query in KEPT.items() if name != "history"} == {
        name: rows for name, rows in kept.items() if name != "history"
    }
    assert found.rows(KEPT["history"])[: len(kept["history"])] == kept["history"]
    assert "user ana" in found.manage("shell", "-c", KNOWN_USER)
    code = found.rows('SELECT item_no FROM "MiCasillero_partidaarancelaria" WHERE is_leaf LIMIT 1')
    hits = json.loads(last_line(found.manage("search", code[0][0], "--json")))["hits"]
    assert hits[0]["code"] == code[0][0]

    with clock.step("waiting and torn runs go on"), found.working():
        until(lambda: found.status("cleanup")[0] == "SUCCESS")
        # Its worker is gone with the machine: it is taken back and starts again by itself.
        until(lambda: found.status("trial_count")[:2] == ("PROGRESS", 2))
    with capsys.disabled():
        size = dump.stat().st_size // 1024
        print(f"\nrestore drill, {LINES} lines, dump of {size} kB, seconds: {clock.took}")


@pytest.fixture(scope="module")
def installation(tmp_path_factory) -> Iterator[Installation]:
    with installing(tmp_path_factory.mktemp("backup")) as install:
        yield install("one")


class TestBackup:
    """deploy/backup.sh."""

    def test_only_the_newest_are_kept_and_no_half_one(self, installation, tmp_path):
        place = tmp_path / "backups"
        place.mkdir()
        for day in range(1, 5):
            (place / f"sicargabox-2026010{day}T000000Z.dump").touch()
        (place / "unfinished.1").touch()
        newest = backup(place, **installation.programs(), KEEP="3")
        names = sorted(path.name for path in place.iterdir())
        assert names == [
            "sicargabox-20260103T000000Z.dump",
            "sicargabox-20260104T000000Z.dump",
            newest.name,
        ]
        assert newest.stat().st_mode & 0o077 == 0

    def test_when_it_fails_it_says_so_and_removes_nothing(self, installation, tmp_path):
        place = tmp_path / "backups"
        place.mkdir()
        (place / "sicargabox-20260101T000000Z.dump").touch()
        with pytest.raises(AssertionError, match="does not exist"):
            backup(place, **{**installation.programs(), "PGDATABASE": "another"}, KEEP="1")
        assert [path.name for path in place.iterdir()] == ["sicargabox-20260101T000000Z.dump"]

    def test_where_the_programs_are_elsewhere_they_are_run_there(self, installation, tmp_path):
        """As with `docker compose exec`, which alone knows the server, and has its own files."""
        there = [f"{name}={value}" for name, value in installation.programs().items()]
        through = " ".join(["env", "--chdir=/", "-i", *there])
        dump = backup(tmp_path / "backups", THROUGH=through, PATH="/usr/bin:/bin")
        listed = ["pg_restore", "--list", str(dump)]
        told = subprocess.run(listed, env=installation.programs(), capture_output=True, timeout=30)
        assert b"dbname: sicargabox" in told.stdout

    def test_a_dump_that_cannot_be_read_is_none(self, installation, tmp_path):
        torn, place = tmp_path / "torn", tmp_path / "backups"
        torn.write_text('#!/bin/sh\nif [ "$1" = pg_dump ]; then echo PGDMP; else exec "$@"; fi\n')
        torn.chmod(0o755)
        with pytest.raises(AssertionError, match="pg_restore: error"):
            backup(place, **installation.programs(), THROUGH=str(torn))
        assert not list(place.iterdir())
