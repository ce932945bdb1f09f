"""manage.py load_builtin_catalog: load the catalogue that comes with the product."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from micasillero.catalog.builtin import load_builtin
from micasillero.catalog.management.sentences import as_sentence


class Command(BaseCommand):
    """Exit 0, also when a tariff is loaded already and is left as it is."""

    help = "Loads the built-in catalogue, unless a tariff is loaded already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help=_("print one JSON object"))
        parser.add_argument(
            "--replace", action="store_true", help=_("load it in the place of any other tariff")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with as_sentence():
            summary = load_builtin(replace=options["replace"])
        if options["json"]:
            self.stdout.write(json.dumps(summary.as_json(), ensure_ascii=False))
        elif summary.loaded:
            self.stdout.write(
                _("%(leaves)s tariff lines loaded in %(seconds)s s.")
                % {"leaves": summary.leaves, "seconds": f"{summary.seconds:.1f}"}
            )
        else:
            self.stdout.write(
                _("A tariff is loaded already (%(lines)s lines) and was left as it is; --replace.")
                % {"lines": summary.unchanged}
            )
