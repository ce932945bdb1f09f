"""`manage.py learn_keywords`: the button's twin, and what beat does every night."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from admintools.jobs.commands import JobCommand

from ..arguments import day


class Command(JobCommand):
    help = (
        "Proposes search keywords from what customers chose and staff confirmed; a person decides "
        "about them. Exit codes: 0 success, 1 failure, 2 usage, 3 already running, 130 cancelled."
    )
    slug = "learn_keywords"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--since",
            type=day,
            metavar="DAY",
            help="such as 2026-11-01; default: LEARNING_SINCE_DAYS ago",
        )

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"since": options["since"]} if options["since"] else {}

    def as_json(self, result: dict[str, Any]) -> dict[str, Any]:
        """Without the result's own status: the run's is told."""
        return {name: value for name, value in result.items() if name != "status"}

    def sentence(self, result: dict[str, Any]) -> str:
        return _(
            "%(events)s events read, %(considered)s words of lines considered: %(proposed)s "
            "proposed, %(refreshed)s with new evidence. They wait for a decision in the console."
        ) % {
            name: f"{result[name]:,}" for name in ("events", "considered", "proposed", "refreshed")
        }
