"""`manage.py cleanup`: what beat does every night at three."""

import argparse
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from admintools.jobs.commands import JobCommand
from admintools.jobs.retention import MOST_DAYS

DAYS = ("keep_runs_days", "keep_log_days")


def days(text: str) -> int:
    """A number of days that a retention may have, for argparse."""
    if not (text.isdecimal() and 1 <= int(text) <= MOST_DAYS):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days from 1 to {MOST_DAYS}")
    return int(text)


class Command(JobCommand):
    help = (
        "Deletes runs and log lines that are older than their retention. "
        "Exit codes: 0 success, 1 failure, 2 usage, 3 already running, 130 cancelled."
    )
    slug = "cleanup"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--keep-runs-days", type=days, help="default: KEEP_RUNS_DAYS")
        parser.add_argument("--keep-log-days", type=days, help="default: KEEP_LOG_DAYS")

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        return {name: options[name] for name in DAYS if options[name] is not None}

    def sentence(self, result: dict[str, Any]) -> str:
        return _("%(deleted)s old rows deleted.") % {"deleted": f"{result['deleted']:,}"}
