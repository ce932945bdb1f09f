"""`manage.py compare_providers`: the button's twin."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.jobs.commands import JobCommand
from micasillero.generation.budget import MICROS
from micasillero.generation.comparing import MOST_LINES
from micasillero.generation.models import ModelComparison
from micasillero.generation.run import BOTH
from micasillero.keywords.models import Language

from ..arguments import chapter, dollars, model, up_to


class Command(JobCommand):
    help = (
        "Asks two models for the same few lines and puts their keywords, the filters' verdicts, "
        "costs and times side by side. Nothing of it becomes a keyword. "
        "Exit codes: 0 success, 1 failure, 2 usage, 3 already running, 130 cancelled."
    )
    slug = "compare_providers"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        for name in ("first", "second"):
            parser.add_argument(name, type=model, help="PROVIDER or PROVIDER:MODEL")
        parser.add_argument(
            "--sample",
            type=up_to(MOST_LINES),
            default=20,
            help="lines drawn by chance (20), half of them from those that judged queries name",
        )
        parser.add_argument("--chapter", type=chapter, help="two digits, such as 64")
        parser.add_argument("--language", choices=(*Language.values, BOTH), default=BOTH)
        parser.add_argument(
            "--max-cost", type=dollars, metavar="USD", help="what both may cost at most"
        )

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        told = {name: options[name] for name in ("first", "second", "sample", "language")}
        return told | {name: options[name] for name in ("chapter", "max_cost") if options[name]}

    def as_json(self, result: dict[str, Any]) -> dict[str, Any]:
        """With the two models' figures, as the page has them."""
        return {**result, "sides": _sides(result)} if result else result

    def sentence(self, result: dict[str, Any]) -> str:
        asked = ngettext(
            "%(n)s line asked of both models.", "%(n)s lines asked of both models.", result["items"]
        ) % {"n": f"{result['items']:,}"}
        return "\n".join([asked, *map(_line, _sides(result))])


def _sides(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures of the two models; none where somebody has deleted the comparison since."""
    found = ModelComparison.objects.filter(run_id=result["comparison"]).first()
    if found is None:
        return []
    return [{**side, "of_queries": found.queries} for side in found.sides]


def _line(side: dict[str, Any]) -> str:
    if side["of_queries"]:
        told = _(
            "%(model)s: %(passed)s of %(suggested)s keywords passed, %(doubtful)s are doubtful, "
            "%(queries)s of %(of_queries)s judged queries are covered; US$ %(cost)s"
        )
    else:
        told = _(
            "%(model)s: %(passed)s of %(suggested)s keywords passed, %(doubtful)s are doubtful, "
            "none of these lines answers a judged query; US$ %(cost)s"
        )
    return told % {**side, "cost": f"{side['cost_micros'] / MICROS:.4f}"}
