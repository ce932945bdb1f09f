"""One installation of the product for one live test: its environment and its processes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from admintools.jobs.models import TaskHistory
from tests.support import product
from tests.support.clocks import SOAK
from tests.support.forked import Forked
from tests.support.servers import RedisServer
from tools.spawned import Spawned, free_port

# Clocks scaled down: the order of things is tested here, the real lengths by `make soak`.
FAST_CLOCKS = {
    "LEASE_SECONDS": "4",
    "HEARTBEAT_SECONDS": "1",
    "PROGRESS_INTERVAL": "0.1",
    "DISPATCH_INTERVAL": "0.2",
    "REAP_INTERVAL": "0.5",
    "PUBLISH_GRACE_SECONDS": "1",
    "REPUBLISH_AFTER": "3",
    "CANCEL_ESCALATION_SECONDS": "3",
    "RETRY_BASE_SECONDS": "0.1",
    "SYNC_INTERVAL": "0.2",
    "WORKER_SOFT_SHUTDOWN_SECONDS": "2",
}


class Site:
    """Starts the product's processes on one database, broker and VAR_DIR; ends them all."""

    def __init__(self, broker: RedisServer, directory: Path) -> None:
        self.broker = broker
        self.directory = directory
        self.env: dict[str, str | None] = {
            "DJANGO_SETTINGS_MODULE": __import__("os").environ.get(
                "SITE_SETTINGS", "tests.live.settings"
            ),
            "DATABASE_URL": database_url(),
            "REDIS_URL": broker.url(0),
            "VAR_DIR": str(settings.VAR_DIR),
            "SECRET_KEY": settings.SECRET_KEY,
            "SEARCH_ALIAS": settings.SEARCH_ALIAS,
            "DEBUG": "True",
            # As product.worker has it: all processes of a site share one environment (nursery).
            "LOG_LEVEL": "INFO",
            # The checks read every page: tests/live/test_up.py and tests/deploy start with them.
            "CELERY_SKIP_CHECKS": "1",
            **({} if SOAK else FAST_CLOCKS),
        }
        self._processes: list[Spawned] = []

    def worker(self, *queues: str, concurrency: int = 1, name: str = "w1") -> Spawned:
        return self._keep(
            product.worker(
                *queues,
                env=self.env,
                log=self._log(name),
                concurrency=concurrency,
                name=name,
                start=Forked,
            )
        )

    def dispatch(self) -> Spawned:
        """The dispatcher, on its way: whatever it is needed for happens once it is there."""
        return self.manage("dispatch", "--skip-checks")

    def sync_index(self) -> Spawned:
        return self.manage("sync_index", "--skip-checks")

    def web(self) -> tuple[Spawned, str]:
        """uvicorn, answering, and its address."""
        process, url = self.web_on_its_way()
        product.await_web(process, url)
        return process, url

    def web_on_its_way(self) -> tuple[Spawned, str]:
        """As web, for those who start other parts meanwhile; then product.await_web."""
        port = free_port()
        process = self._keep(
            product.web(port=port, env=self.env, log=self._log("web"), start=Forked)
        )
        return process, f"http://127.0.0.1:{port}"

    def beat(self) -> Spawned:
        command = [sys.executable, "-m", "celery", "-A", "sicargabox", "beat", "--pidfile="]
        process = Forked(
            command, log=self._log("beat"), env=product.environment(self.env), name="beat"
        )
        return self._keep(process)

    def manage(self, *arguments: str) -> Spawned:
        log = self._log(arguments[0])
        return self._keep(product.manage(*arguments, env=self.env, log=log, start=Forked))

    def clock(self, name: str) -> float:
        """What this installation's processes have for a setting of that name, in seconds."""
        return float(self.env.get(name) or getattr(settings, name))

    def close(self) -> None:
        for process in self._processes:
            process.kill()

    def _keep(self, process: Spawned) -> Spawned:
        self._processes.append(process)
        return process

    def _log(self, name: str) -> Path:
        return self.directory / f"{name}.log"


def database_url() -> str:
    """The address of the test database this process uses, for other processes."""
    described = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{described['NAME']}"
    login = f"{described['USER']}:{described['PASSWORD']}" if described["PASSWORD"] else (
        described["USER"]
    )  # fmt: skip
    return f"postgres://{login}@{described['HOST']}:{described['PORT']}/{described['NAME']}"


def run_until(
    run: TaskHistory, condition: Callable[[TaskHistory], Any], *, timeout: float = 30
) -> TaskHistory:
    """Read the row again and again until the condition holds. Fails with the row's state."""
    import time

    deadline = time.monotonic() + timeout
    while True:
        row = TaskHistory.objects.get(pk=run.pk)
        if condition(row):
            return row
        if time.monotonic() > deadline:
            facts = {
                name: getattr(row, name)
                for name in ("status", "attempt", "epoch", "done", "total", "losses",
                             "published_at", "error_code", "error_message", "traceback")
            }  # fmt: skip
            raise AssertionError(f"run {row.job} after {timeout} s: {facts}")
        time.sleep(0.05)


def ended(run: TaskHistory) -> bool:
    return not run.is_active
