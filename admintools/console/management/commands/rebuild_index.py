"""`manage.py rebuild_index`: the button's twin."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import ngettext

from admintools.jobs.commands import JobCommand

TOLD = ("engine", "index", "documents", "seconds", "verified")


class Command(JobCommand):
    help = (
        "Rebuilds the search index beside the live one and swaps the alias. "
        "Exit codes: 0 success, 1 failure, 2 usage, 3 already running, 130 cancelled."
    )
    slug = "rebuild_index"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--engine", choices=("elasticsearch", "tantivy"), help="default: the configured one"
        )

        parser.add_argument(
            "--accept-worse",
            action="store_true",
            help="let it go live even if it answers the judged queries worse than the live one",
        )

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        return {name: options[name] for name in ("engine", "accept_worse") if options[name]}

    def as_json(self, result: dict[str, Any]) -> dict[str, Any]:
        return {name: result.get(name) for name in TOLD}

    def sentence(self, result: dict[str, Any]) -> str:
        documents = result["documents"]
        return ngettext(
            "%(documents)s document in %(index)s, verified and live.",
            "%(documents)s documents in %(index)s, verified and live.",
            documents,
        ) % {"documents": f"{documents:,}", "index": result["index"]}
