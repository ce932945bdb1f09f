import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from micasillero.keywords.coverage import coverage
from micasillero.keywords.loader import LexiconError, lexicon

SHOWN = 30


class Command(BaseCommand):
    """Exit 0; 1 with a line for each fault when the lexicon's files do not hold together."""

    help = "What the lexicon leaves out: headings without words, words of many headings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object, complete")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = coverage(lexicon())
        except LexiconError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(asdict(told), ensure_ascii=False))
            return
        self.stdout.write(f"{told.terms:,} terms at {told.entries:,} code prefixes")
        self.stdout.write(f"headings without words: {' '.join(told.without) or 'none'}")
        for title, found in (("shared by many headings", told.wide), ("ambiguous", told.ambiguous)):
            self.stdout.write(f"{title}: {len(found):,}")
            for term, places in found[:SHOWN]:
                self.stdout.write(f"  {term}: {' '.join(places)}")
