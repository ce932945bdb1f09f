"""`manage.py generate_keywords`: the button's twin."""

import argparse
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import ngettext

from admintools.jobs.commands import JobCommand
from micasillero.generation.run import BOTH, PROVIDERS
from micasillero.keywords.models import Language


def chapter(text: str) -> str:
    """The two digits of a chapter, for argparse."""
    if not (len(text) == 2 and text.isdecimal() and text.isascii()):
        raise argparse.ArgumentTypeError(f"{text!r} is no chapter: two digits, such as 64")
    return text


class Command(JobCommand):
    help = (
        "Writes what people call each tariff line, as search keywords. "
        "Exit codes: 0 success, 1 failure, 2 usage, 3 already running, 130 cancelled."
    )
    slug = "generate_keywords"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--provider", choices=PROVIDERS, required=True)
        scope = parser.add_mutually_exclusive_group(required=True)
        scope.add_argument("--chapter", type=chapter, help="two digits, such as 64")
        scope.add_argument("--missing", action="store_true", help="lines without keywords")
        scope.add_argument("--all", action="store_true", help="every line")
        parser.add_argument("--language", choices=(*Language.values, BOTH), default=BOTH)

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        told = {name: options[name] for name in ("provider", "language")}
        return told | {name: options[name] for name in ("chapter", "missing") if options[name]}

    def sentence(self, result: dict[str, Any]) -> str:
        return ngettext(
            "%(added)s keyword written for %(items)s lines; %(without)s lines have none.",
            "%(added)s keywords written for %(items)s lines; %(without)s lines have none.",
            result["added"],
        ) % {name: f"{result[name]:,}" for name in ("added", "items", "without")}
