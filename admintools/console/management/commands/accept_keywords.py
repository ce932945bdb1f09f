"""`manage.py accept_keywords`: the button's twin."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import ngettext

from admintools.jobs.commands import JobCommand


class Command(JobCommand):
    help = (
        "Lets the keywords of a run that passed the filters go live, behind the quality gate. "
        "Exit codes: 0 success, 1 failure, 2 usage, 3 already running, 130 cancelled."
    )
    slug = "accept_keywords"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("run", help="the id of the run that wrote them")

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"run": options["run"]}

    def sentence(self, result: dict[str, Any]) -> str:
        return ngettext(
            "%(n)s keyword went live.", "%(n)s keywords went live.", result["approved"]
        ) % {"n": f"{result['approved']:,}"}
