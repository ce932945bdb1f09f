"""The ground of a benchmark: servers, database and VAR_DIR of its own, gone when it ends."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.servers import PostgresServer, RedisServer  # noqa: E402
from tools.spawned import Spawned, free_port  # noqa: E402

DATABASES = ("postgres", "sqlite")


@dataclass(frozen=True)
class Ground:
    """Where everything is. `env` is what our own processes are started with."""

    directory: Path
    redis: RedisServer
    env: dict[str, str]

    def log(self, name: str) -> Path:
        return self.directory / f"{name}.log"


@contextmanager
def ground(database: str) -> Iterator[Ground]:
    """Start the servers, migrate, and set Django up in this process."""
    with ExitStack() as stack:
        var = stack.enter_context(tempfile.TemporaryDirectory(prefix="sicargabox-benchmark-"))
        url = f"sqlite:///{var}/benchmark.sqlite3"
        if database == "postgres":
            url = stack.enter_context(PostgresServer()).create_database("benchmark")
        redis = stack.enter_context(RedisServer())
        env = {"VAR_DIR": var, "DATABASE_URL": url, "REDIS_URL": redis.url()}
        env |= {"SECRET_KEY": "benchmark" * 8, "LOG_LEVEL": "ERROR", "SEARCH_ENGINE": "tantivy"}
        env |= {"DJANGO_SETTINGS_MODULE": "benchmarks.load.settings"}
        os.environ.update(env)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield Ground(Path(var), redis, env)


@contextmanager
def uvicorn(place: Ground, application: str) -> Iterator[tuple[Spawned, int]]:
    """The application served as the product starts its own: the process and its port."""
    from sicargabox.supervisor import parts

    port = free_port()
    service = next(s for s in parts.services("127.0.0.1", port) if s.name == "web")
    argv = [application if word == "sicargabox.asgi:application" else word for word in service.argv]
    with Spawned([*argv, "--no-access-log"], log=place.log("web"), name="uvicorn") as web:
        web.wait_for_output("Uvicorn running")
        yield web, port


def cpu_seconds(pid: int) -> float:
    """CPU that the process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load() -> float:
    """How busy the machine was: of two figures only those of like load compare."""
    return round(os.getloadavg()[0], 2)
