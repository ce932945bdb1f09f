"""manage.py demo: `up` with somebody to log in as, a catalogue, and a rebuild to watch."""

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import DatabaseError

from admintools.console.management.commands.rebuild_index import Command as RebuildIndex
from admintools.jobs.following import Bar, describe
from admintools.jobs.models import Status, TaskHistory
from sicargabox import demo
from sicargabox.supervisor import ground, parts
from sicargabox.supervisor.process import Child, Service
from sicargabox.supervisor.run import PartFailed, Refused, StopAsked, UpOptions, running
from sicargabox.supervisor.watch import Supervisor

from .up import add_listening_arguments

JOB = "rebuild_index"
LOOK_EVERY = 0.1


class Command(BaseCommand):
    help = (
        "Everything of `up`, plus a staff user, the built-in catalogue and one rebuild through "
        "the queue. With --once it ends after the rebuild and its last line is a JSON object. "
        "Exit codes: 0 success, 1 failure."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_listening_arguments(parser, None)
        parser.add_argument(
            "--once",
            action="store_true",
            help="End after the rebuild. Where port 8000 is busy, take a free one.",
        )

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        self._report: dict[str, Any] = {
            "task_id": None,
            "status": Status.FAILURE.value,
            "documents": None,
            "seconds": None,
            "engine": settings.SEARCH_ENGINE,
        }
        try:
            self._run(options)
        except StopAsked:
            self.say("Stopped.")
        except (Refused, PartFailed, DatabaseError) as error:
            if not options["once"]:
                raise CommandError(str(error)) from None
            self.stderr.write(str(error))
            self._report["error"] = {"code": "start", "message": str(error)}
        if options["once"]:
            self.say(json.dumps(self._report))
            if self._report["status"] != Status.SUCCESS:
                sys.exit(1)

    def _run(self, options: dict[str, Any]) -> None:
        listening = self._listening(options)
        with running(listening, self.say, prepare=self._prepare) as supervisor:
            run = self._rebuild(supervisor)
            self._report |= RebuildIndex().report_of(run)
            if run.status == Status.SUCCESS:
                result = run.result or {}
                self.say(f"{result['documents']} documents indexed in {result['time']}.")
            else:
                self.say(f"The rebuild did not succeed: {describe(run)}")
            if not options["once"]:
                self._tell_access(listening)
                supervisor.watch()

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _listening(self, options: dict[str, Any]) -> UpOptions:
        host, port = options["host"], options["port"]
        if port is None:
            port = 8000
            if options["once"] and not ground.port_is_free(host, port):
                port = ground.free_port(host)
        return UpOptions(host=host, port=port, grace=options["grace"])

    def _prepare(self) -> None:
        self._access = demo.staff_access(settings.VAR_DIR)
        if demo.load_catalogue_if_empty():
            self.say("  catalogue              the built-in one, loaded with its keywords")

    def _rebuild(self, supervisor: Supervisor) -> TaskHistory:
        """Launch through the queue and draw the run until it ends."""
        for _turn in range(2):
            newest = TaskHistory.objects.order_by("-id").values_list("id", flat=True).first() or 0
            launcher = self._launch(supervisor)
            try:
                run = self._launched(supervisor, launcher, newest)
                if run is not None:
                    return self._drawn(supervisor, run)
            finally:
                launcher.kill_group()
            if obstacle := TaskHistory.objects.active().filter(resource="index").first():
                self.say(f"{obstacle.label}, of an earlier start, is not over yet: waiting for it.")
                self._drawn(supervisor, obstacle)
        raise PartFailed(f"The rebuild was not launched:\n{launcher.tail()}")

    def _launch(self, supervisor: Supervisor) -> Child:
        # A process of its own, since only the parts were started with the broker's address.
        argv = (*parts.MANAGE, JOB, "--follow", "--json")
        service = Service("rebuild", argv, ready=lambda child: True)
        log = settings.VAR_DIR / "logs" / "rebuild.log"
        return Child(service, log=log, env=supervisor.env, cwd=settings.BASE_DIR)

    def _launched(self, supervisor: Supervisor, launcher: Child, newest: int) -> TaskHistory | None:
        """The row that the launcher wrote, None when it ended without one."""
        runs = TaskHistory.objects.filter(job=JOB, pk__gt=newest).order_by("pk")
        while True:
            supervisor.check()
            ended = not launcher.running
            run = runs.first()
            if run is not None or ended:
                return run
            time.sleep(LOOK_EVERY)

    def _drawn(self, supervisor: Supervisor, run: TaskHistory) -> TaskHistory:
        bar = Bar()
        while True:
            run.refresh_from_db()
            bar.show(run)
            if not run.is_active:
                bar.end()
                return run
            supervisor.check()
            time.sleep(LOOK_EVERY)

    def _tell_access(self, listening: UpOptions) -> None:
        access = self._access
        self.say(f"Console:  {listening.site}/admin/elasticsearch/")
        self.say(f"User:     {access.username}")
        self.say(f"Password: {access.password or 'as you changed it'}  (kept in {access.kept_in})")
        self.say("Stop:     Ctrl-C")
