"""`manage.py generate_keywords`: the button's twin."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import ngettext

from admintools.jobs.commands import JobCommand
from micasillero.generation.providers import PAID
from micasillero.generation.run import BOTH, LEXICON
from micasillero.keywords.models import Language

from ..arguments import chapter, dollars, provider


class Command(JobCommand):
    help = (
        "Writes what people call each tariff line, as search keywords. "
        "Exit codes: 0 success, 1 failure, 2 usage, 3 already running, 130 cancelled."
    )
    slug = "generate_keywords"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--provider",
            type=provider,
            required=True,
            metavar="P",
            help=f"{LEXICON} (free), {', '.join(PAID)}; PROVIDER:MODEL for another model",
        )
        scope = parser.add_mutually_exclusive_group(required=True)
        scope.add_argument("--chapter", type=chapter, help="two digits, such as 64")
        scope.add_argument("--missing", action="store_true", help="lines without keywords")
        scope.add_argument("--all", action="store_true", help="every line")
        parser.add_argument("--language", choices=(*Language.values, BOTH), default=BOTH)
        parser.add_argument(
            "--max-cost",
            type=dollars,
            metavar="USD",
            help="what the run may cost at most; the settings' cap holds besides",
        )

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        told = {name: options[name] for name in ("provider", "language")}
        given = ("chapter", "missing", "max_cost")
        return told | {name: options[name] for name in given if options[name]}

    def sentence(self, result: dict[str, Any]) -> str:
        if result["provider"] != LEXICON:
            return _of_model(result)
        return ngettext(
            "%(added)s keyword written for %(items)s lines; %(without)s lines have none.",
            "%(added)s keywords written for %(items)s lines; %(without)s lines have none.",
            result["added"],
        ) % {name: f"{result[name]:,}" for name in ("added", "items", "without")}


def _of_model(result: dict[str, Any]) -> str:
    return ngettext(
        "%(added)s keyword proposed for %(items)s lines; %(without)s lines have none. It cost "
        "%(cost)s. They wait for a decision in the console.",
        "%(added)s keywords proposed for %(items)s lines; %(without)s lines have none. It cost "
        "%(cost)s. They wait for a decision in the console.",
        result["added"],
    ) % {
        **{name: f"{result[name]:,}" for name in ("added", "items", "without")},
        "cost": f"US$ {result['cost_usd']:.4f}",
    }
