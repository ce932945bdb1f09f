"""`manage.py classify_manifest FILE`: the twin of the page of manifests."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.jobs.commands import JobCommand
from admintools.jobs.texts import render
from micasillero.catalog.management.sentences import as_sentence
from micasillero.classification.models import Currency, ManifestLine
from micasillero.classification.reading import Faulty, decoded, read
from micasillero.classification.searching import store


class Command(JobCommand):
    help = (
        "Searches the tariff line of each kind of goods of a list or CSV, 500 at most, and prints "
        "what was found; the console reviews it. "
        "Exit codes: 0 success, 1 failure, 2 usage, 130 cancelled."
    )
    slug = "classify_manifest"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--currency", choices=Currency.values, default=Currency.DOLLARS)

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        file: Path = options["file"]
        with as_sentence():
            try:
                goods = read(decoded(file.read_bytes()))
            except OSError as error:
                raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
            except Faulty as faulty:
                raise CommandError("\n".join(map(_fault, faulty.faults))) from None
        return {"manifest": store(goods, name=file.name, currency=options["currency"]).pk}

    def as_json(self, result: dict[str, Any]) -> dict[str, Any]:
        told = [{"text": line.text, "hits": line.hits} for line in _lines(result)]
        return {**result, "lines": told}

    def sentence(self, result: dict[str, Any]) -> str:
        rows = [_row(line) for line in _lines(result)]
        total = ngettext(
            "%(classified)s line searched, %(not_found)s without a result.",
            "%(classified)s lines searched, %(not_found)s without a result.",
            result["classified"],
        )
        return "\n".join([*rows, total % result])


def _lines(result: dict[str, Any]) -> Any:
    return ManifestLine.objects.filter(manifest=result.get("manifest")).in_order()


def _row(line: ManifestLine) -> str:
    """The text with its first hit."""
    first = line.hits[0] if line.hits else {"code": "-", "description": _("Nothing found")}
    return f"{first['code']:<13}  {line.text}  ({first['description']})"


def _fault(fault: Any) -> str:
    reason = render(fault.message, fault.params)
    return _("Line %(number)s: %(reason)s") % {"number": fault.number, "reason": reason}
