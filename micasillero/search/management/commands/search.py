import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from micasillero.catalog.categories import CATEGORIES
from micasillero.search.explain import Explanation, explain
from micasillero.search.query import MOST_HITS, SearchAnswer, search
from micasillero.work import TryAgain, WorkError


class Command(BaseCommand):
    """Exit 0 with an answer, hits or not; 1 with a sentence when there can be none."""

    help = "Search the tariff as a client of the courier would."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text", nargs="+", help="words in Spanish or English, or a code")
        parser.add_argument("-k", type=int, default=10, help=f"hits, 1 to {MOST_HITS} (10)")
        parser.add_argument("--category", choices=CATEGORIES, default="", help="such lines only")
        parser.add_argument("--explain", metavar="CODE", help="why that line is found, or is not")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: object, **options: object) -> None:
        k = int(str(options["k"]))
        if not 1 <= k <= MOST_HITS:
            raise CommandError(f"-k must lie in 1 to {MOST_HITS}.", returncode=2)
        words = options["text"]
        text = " ".join(words) if isinstance(words, list) else str(words)
        answer: SearchAnswer | Explanation
        try:
            if options["explain"]:
                answer = explain(text, str(options["explain"]))
            else:
                answer = search(text, k, category=str(options["category"]))
        except WorkError as fault:
            raise CommandError(_(fault.message) % fault.params) from None
        except TryAgain as fault:
            raise CommandError(_(str(fault))) from None
        if options["json"]:
            self.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False))
        elif isinstance(answer, Explanation):
            self._show_why(answer)
        else:
            self._show(answer)

    def _show(self, answer: SearchAnswer) -> None:
        if answer.relaxed:
            self.stdout.write(_("Few lines match exactly; these come close."))
        if not answer.hits:
            self.stdout.write(_("Nothing found."))
        for hit in answer.hits:
            self.stdout.write(
                f"{hit.code}  {hit.score:9.3f}  {hit.courier_category:<10}  {hit.description}"
            )
            for told in filter(None, (hit.reason, hit.permit_authority)):
                self.stdout.write(f"{'':16}{told}")

    def _show_why(self, why: Explanation) -> None:
        self.stdout.write(f"{why.code}  {why.score:9.3f}")
        for match in why.matches:
            typed = f"{match.word} -> {match.term}" if match.corrected else match.word
            self.stdout.write(
                f"  {match.points:9.3f} = {match.weight:.3f} x {match.share}  "
                f"{typed}  {match.field}: {match.text}"
            )
        if why.missing:
            self.stdout.write(_("Not in this line: %(words)s") % {"words": ", ".join(why.missing)})
