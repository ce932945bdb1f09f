"""`manage.py alive NAME`: does that process of this host still work? For health checks."""

import socket
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from admintools.jobs import beats
from admintools.jobs.models import ProcessBeat

WORKER = "worker-"
NAMES = ("dispatch", "sync_index", "notify", "beat")


class Command(BaseCommand):
    """It asks the database alone: a process whose own thread still writes there is not hung, and
    the broker need not answer for it."""

    help = (
        "Exit 0 when a process of that name on this host gave a sign of life lately, else 1. "
        "Names: dispatch, sync_index, notify, beat, worker-NAME as in --hostname NAME@%h."
    )
    # A health check is asked for often: nothing of the settings changes in between.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument(
            "--within",
            type=float,
            default=beats.ALIVE_WITHIN.total_seconds(),
            metavar="SECONDS",
            help="how recent the sign must be (default: %(default)g)",
        )

    def handle(self, *args: Any, name: str, within: float, **options: Any) -> None:
        mark = _mark(name)
        since = timezone.now() - timedelta(seconds=within)
        try:
            recent = ProcessBeat.objects.filter(beat_at__gte=since, **mark).exists()
        except (DatabaseError, InterfaceError) as error:
            raise CommandError(f"The database cannot be asked: {str(error).strip()}") from None
        if not recent:
            raise CommandError(f"{name}: no sign of life on {_host()} within {within:g} s.")
        self.stdout.write(f"{name}: alive")


def _mark(name: str) -> dict[str, str]:
    """What to look for; see admintools.jobs.workers and beats.instance_name."""
    if name.startswith(WORKER):
        return {"name": "worker", "instance": f"{name.removeprefix(WORKER)}@{_host()}"}
    if name in NAMES:
        return {"name": name, "instance__startswith": f"{name}@{_host()}:"}
    raise CommandError(f"No process is called {name!r}: choose {', '.join(NAMES)} or worker-NAME.")


def _host() -> str:
    return socket.gethostname()
