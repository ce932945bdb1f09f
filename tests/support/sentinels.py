"""A primary, its replica, and three sentinels that watch them, as local processes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Self

import redis

from tests.support.servers import RedisServer, redis_binary
from tools.server import Server
from tools.spawned import Spawned

PRIMARY = "Primary-a"
PASSWORD = "letters4nd1gits"
SENTINEL_PASSWORD = "0f.the.sentinels"
# Of the user that the product is on a server, as docs/runbook.md gives them.
USER, USER_PASSWORD = "runs", "0f-the-product"
RIGHTS = "~* &* +@all -@dangerous +info +slowlog|get"
# Of three: two see that the primary is gone, and elect who acts.
QUORUM = 2


class SentinelServer(Server):
    """A sentinel that watches ``primary``, with a password of its own. It finds the others and
    the replicas by itself."""

    name = "sentinel"

    def __init__(self, primary: RedisServer) -> None:
        super().__init__()
        self._primary = primary

    def client(self) -> redis.Redis:
        return redis.Redis(
            port=self.port, password=SENTINEL_PASSWORD, decode_responses=True, socket_timeout=2
        )

    def answers(self) -> bool:
        with self.client() as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False

    def known(self) -> dict[str, object]:
        """What it knows of the primary."""
        with self.client() as client:
            return client.sentinel_master(PRIMARY)

    def _launch(self) -> Spawned:
        home = self._home(None)
        config = home / "sentinel.conf"
        if not config.exists():  # it keeps what it learns in there
            config.touch(mode=0o600)
            config.write_text(self._configuration(home))
        argv = [redis_binary(), config, "--sentinel"]
        return Spawned(argv, log=home / "sentinel.log", cwd=home, name=self.name)

    def _configuration(self, home: object) -> str:
        return "\n".join(
            (
                f"port {self.port}",
                "bind 127.0.0.1",
                f'dir "{home}"',
                f'requirepass "{SENTINEL_PASSWORD}"',
                f'sentinel sentinel-pass "{SENTINEL_PASSWORD}"',
                f"sentinel monitor {PRIMARY} 127.0.0.1 {self._primary.port} {QUORUM}",
                f'sentinel auth-pass {PRIMARY} "{PASSWORD}"',
                f"sentinel down-after-milliseconds {PRIMARY} 1000",
                f"sentinel failover-timeout {PRIMARY} 5000",
                "",
            )
        )


class LonelySentinel(SentinelServer):
    """With a primary of its own, that has no replica."""

    def __init__(self) -> None:
        self.primary = RedisServer(password=PASSWORD)
        super().__init__(self.primary)

    def url(self, primary: str = PRIMARY, ports: Sequence[int] = ()) -> str:
        """With these ports for those of its sentinels, else its own."""
        addresses = ",".join(f"127.0.0.1:{port}" for port in ports or [self.port])
        options = f"sentinels={addresses}&sentinel_password={SENTINEL_PASSWORD}"
        return f"redis://:{PASSWORD}@{primary}/0?{options}"

    def start(self) -> Self:
        self.primary.start()
        return super().start()

    def close(self) -> None:
        super().close()
        self.primary.close()


class Sentinels:
    """``with Sentinels() as servers``: all five run, and know of each other."""

    def __init__(self) -> None:
        settings = {
            "masterauth": f'"{PASSWORD}"',
            "repl-diskless-sync-delay": "0",
            "user": f"{USER} on >{USER_PASSWORD} {RIGHTS}",
        }
        self.primary = RedisServer(password=PASSWORD, settings=settings)
        follow = {"replicaof": f"127.0.0.1 {self.primary.port}"}
        self.replica = RedisServer(password=PASSWORD, settings={**settings, **follow})
        self.sentinels = [SentinelServer(self.primary) for _ in range(3)]

    def url(self, database: int | None = None) -> str:
        """As the settings take it: of the primary, whichever that is."""
        addresses = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        path = "" if database is None else f"/{database}"
        options = f"sentinels={addresses}&sentinel_password={SENTINEL_PASSWORD}"
        return f"redis://{USER}:{USER_PASSWORD}@{PRIMARY}{path}?{options}"

    def await_failover(self) -> None:
        """Until all sentinels say that the replica is the primary."""
        _until(lambda: all(each.known()["port"] == self.replica.port for each in self.sentinels))

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for server in (self.primary, self.replica, *self.sentinels):
                stack.enter_context(server)
            _until(lambda: all(map(_complete, self.sentinels)))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()


def _complete(sentinel: SentinelServer) -> bool:
    known = sentinel.known()
    return (known["num-other-sentinels"], known["num-slaves"]) == (2, 1)


def _until(condition, timeout: float = 30) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"not within {timeout} s"
        time.sleep(0.1)
