"""`manage.py revert_keywords`: takes back what a run wrote, one of the lexicon too."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from admintools.console.review.wording import taken as taken_sentence
from admintools.jobs.texts import render
from micasillero.generation.taking_back import extent, take_back
from micasillero.work import WorkError


class Command(BaseCommand):
    help = (
        "Deletes the keywords that a run wrote and no person decided: rejects a run that waits, "
        "takes back one that was accepted or is of the lexicon, which wants --yes. Learned ones "
        "are rejected instead, and not proposed again. Exit codes: 0 "
        "success, 1 nothing to take back or decided already, 2 usage or --yes missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", help="the id of the run that wrote them")
        parser.add_argument("--yes", action="store_true", help="take back a run of the lexicon")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, run: str, yes: bool, **options: Any) -> None:
        if not yes:
            _expect_less_than_the_lexicon(run)
        try:
            taken = take_back(run, None)
        except WorkError as error:
            raise CommandError(render(error.message, error.params)) from error
        told = {"run": run, "removed": taken.removed, "kept": taken.kept}
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        self.stdout.write(taken_sentence(taken) % told)


def _expect_less_than_the_lexicon(run: str) -> None:
    whole = extent(run)
    if whole:
        sentence = _(
            "This is a run of the lexicon. Keywords that would be deleted: %(removes)s; searched "
            "now: %(searched)s, afterwards: %(left)s. Say --yes if that is meant."
        )
        raise CommandError(sentence % vars(whole), returncode=2)
