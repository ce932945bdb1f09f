"""`manage.py undo_import`: brings back what the last import replaced."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from admintools.jobs.commands import JobCommand
from micasillero.catalog.undo import latest_undoable


class Command(JobCommand):
    help = (
        "Undoes the last import of a tariff file. "
        "Exit codes: 0 success, 1 failure, 2 usage, 3 already running, 130 cancelled."
    )
    slug = "undo_import"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--batch", type=int, help="its number; default: the last one")

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["batch"] is not None:
            return {"batch": options["batch"]}
        last = latest_undoable()
        if last is None:
            raise CommandError(_("There is no import to undo."))
        return {"batch": last.pk}

    def sentence(self, result: dict[str, Any]) -> str:
        told = _(
            "Import #%(batch)s undone: %(restored)s lines restored, %(recreated)s brought back, "
            "%(deleted)s taken out."
        )
        return told % result
