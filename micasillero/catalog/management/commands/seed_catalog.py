"""manage.py seed_catalog --items N: synthetic lines for tests of scale."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from micasillero.catalog.management.sentences import as_sentence
from micasillero.catalog.seeding import seed


class Command(BaseCommand):
    """Exit 0, or 1 with a sentence."""

    help = "Makes synthetic tariff lines for tests of scale."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--items", type=int, required=True, metavar="N")
        parser.add_argument("--json", action="store_true", help=_("print one JSON object"))

    def handle(self, *args: Any, **options: Any) -> None:
        with as_sentence():
            made = seed(options["items"])
        if options["json"]:
            self.stdout.write(json.dumps(made))
        else:
            self.stdout.write(
                _("%(created)s tariff lines and %(branches)s branches made in %(seconds)s s.")
                % made
            )
