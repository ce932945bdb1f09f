"""manage.py load_queries: bring the judged queries of the product to this edition."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from micasillero.quality.shipped import load_shipped


class Command(BaseCommand):
    """Twice does the same as once. `migrate` does it too."""

    help = "Loads the judged queries that come with the product; what staff edited stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help=_("print one JSON object"))

    def handle(self, *args: Any, **options: Any) -> None:
        told = asdict(load_shipped())
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write(
                _("Judged queries: %(added)s added, %(renewed)s renewed, %(kept)s kept.") % told
            )
