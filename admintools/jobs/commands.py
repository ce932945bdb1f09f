"""The command of a job: inline by default, `--follow` for the queue, `--json` for programs."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from . import following
from .launch import Conflict
from .models import Status, TaskHistory


class JobCommand(BaseCommand):
    """A subclass names its job and says how a success reads.

    Exit codes: 0 success, 1 failure, 2 usage, 3 already running, 130 cancelled.
    """

    slug = ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--follow",
            action="store_true",
            help="send it to the queue and watch, instead of working in this process",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        """The run's parameters from the command's options."""
        return {}

    def as_json(self, result: dict[str, Any]) -> dict[str, Any]:
        """What --json prints of the run's result, beside task_id and status."""
        return result

    def sentence(self, result: dict[str, Any]) -> str:
        """How a success reads."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        start = following.run_followed if options["follow"] else following.run_inline
        try:
            run = start(self.slug, self.parameters(options), quiet=options["json"])
        except Conflict as conflict:
            self.stderr.write(following.conflict_sentence(conflict))
            sys.exit(following.CONFLICT)
        self._tell(run, as_json=options["json"])
        sys.exit(following.exit_code(run))

    def report_of(self, run: TaskHistory) -> dict[str, Any]:
        """The JSON object of an ended run."""
        told = {"task_id": run.task_id, "status": run.status, **self.as_json(run.result or {})}
        if run.error_code:
            told["error"] = {"code": run.error_code, "message": following.describe(run)}
        return told

    def _tell(self, run: TaskHistory, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(self.report_of(run), ensure_ascii=False))
        elif run.status == Status.SUCCESS:
            self.stdout.write(self.sentence(run.result or {}))
        else:
            self.stderr.write(following.describe(run))
