"""`manage.py load_rules`: the rules that come with the product. `migrate` does the same."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from micasillero.compliance.shipped import ShippedRulesError, load


class Command(BaseCommand):
    """Twice does the same as once."""

    help = (
        "Adds the shipped rules that are missing and brings the others up to date. What a person "
        "changed or switched off stays. Exit codes: 0 success, 1 a file is wrong, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help=_("print one JSON object"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load()
        except ShippedRulesError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(asdict(loaded)))
            return
        told = _("%(added)s rules added, %(updated)s brought up to date, %(kept)s kept as changed.")
        self.stdout.write(told % asdict(loaded))
