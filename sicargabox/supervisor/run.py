"""The order of things: ground, lock, port, broker, database, static files, parts."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from . import broker, ground, parts, static
from .watch import PartFailed, Signals, StopAsked, Supervisor

__all__ = ["PartFailed", "Refused", "StopAsked", "UpOptions", "running"]

Refused = ground.Refused


@dataclass(frozen=True)
class UpOptions:
    """Where the site listens, and how many seconds a part gets to end by itself."""

    host: str = "127.0.0.1"
    port: int = 8000
    grace: float = 20.0

    @property
    def site(self) -> str:
        return f"http://{parts.shown_host(self.host)}:{self.port}"


@contextmanager
def running(
    options: UpOptions,
    say: Callable[[str], None],
    *,
    prepare: Callable[[], None] = lambda: None,
) -> Iterator[Supervisor]:
    """Start everything, hand over the supervisor, and stop everything at the end.

    ``prepare`` runs once the database is migrated, before the parts start. Raises Refused before
    anything is started; PartFailed and StopAsked from then on, with everything stopped again.
    """
    logs = ground.prepare_directories(settings.VAR_DIR)
    with ground.only_one(settings.VAR_DIR), Signals() as signals, ExitStack() as stack:
        # Data, logs and uploads are nobody else's business; the parts inherit this.
        stack.callback(os.umask, os.umask(0o077))
        ground.require_port(options.host, options.port)
        supervisor = Supervisor(
            log_dir=logs,
            cwd=settings.BASE_DIR,
            env=_environment(options),
            signals=signals,
            say=say,
            grace=options.grace,
        )
        stack.callback(supervisor.stop)
        say(f"Starting. Data: {settings.VAR_DIR}  Logs: {logs}")
        _start_broker(supervisor, stack, say)
        _migrate(say)
        if not settings.DEBUG and static.collect_if_changed():
            say("  static files           collected")
        prepare()
        supervisor.start(*parts.services(options.host, options.port))
        # We may run for weeks from here on and need the database no more.
        connections.close_all()
        yield supervisor


def _environment(options: UpOptions) -> dict[str, str]:
    """Ours, with what a child could read otherwise than we did, and where the site is."""
    return {"SITE_URL": options.site, **os.environ, "VAR_DIR": str(settings.VAR_DIR)}


def _start_broker(supervisor: Supervisor, stack: ExitStack, say: Callable[[str], None]) -> None:
    if os.environ.get("REDIS_URL", "").strip():
        broker.require_answer(settings.CELERY_BROKER_URL)
        say("  broker                 the one of REDIS_URL")
        return
    embedded = broker.embedded_broker(settings.VAR_DIR)
    supervisor.env["REDIS_URL"] = embedded.url
    supervisor.start(embedded.service)
    stack.enter_context(broker.published(settings.EMBEDDED_BROKER_FILE, embedded.url))


def _migrate(say: Callable[[str], None]) -> None:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            call_command("migrate", interactive=False, verbosity=0)
            say(f"  database               {len(plan)} migrations applied")
    except DatabaseError as error:
        raise Refused(
            f"The database cannot be used: {str(error).strip()}. See DATABASE_URL."
        ) from None
