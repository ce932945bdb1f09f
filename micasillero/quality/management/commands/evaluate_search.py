import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from micasillero.quality.compare import Comparison, compare
from micasillero.quality.evaluate import MEASURES, Evaluation, evaluate
from micasillero.quality.evaluations import evaluate_live, restored
from micasillero.quality.judged import read_judged
from micasillero.quality.page import page
from micasillero.search.engines import get_engine
from micasillero.search.query import search
from micasillero.work import SilentWork, TryAgain, WorkError

SHOWN = (*MEASURES, "zero_result_rate", "relaxed_rate")


class Command(BaseCommand):
    """Exit 0; 1 when there is no answer, or when it is worse than the baseline."""

    help = (
        "Measure the search on judged queries: those of a file, or those of the database, and "
        "then the evaluation is kept, as by the button. Exit code 1 when a measure is worse than "
        "the baseline by more than the tolerance."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, nargs="?", help="judged queries, JSON; default: the database's"
        )
        parser.add_argument(
            "--engine", choices=("elasticsearch", "tantivy"), help="default: the configured one"
        )
        parser.add_argument("--baseline", type=Path, help="what --json printed another time")
        usual = settings.QUALITY_TOLERANCE
        parser.add_argument(
            "--tolerance", type=float, default=usual, help=f"of each measure ({usual})"
        )
        parser.add_argument("--html", type=Path, metavar="OUT", help="write a page to read")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = self._evaluate(options)
            change = self._against(options["baseline"], found)
        except WorkError as fault:
            raise CommandError(_(fault.message) % fault.params) from None
        except TryAgain as fault:
            raise CommandError(_(str(fault))) from None
        if options["html"]:
            options["html"].write_text(page(found, change), encoding="utf-8")
        if options["json"]:
            told = {**found.as_json(), **({"comparison": vars(change)} if change else {})}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._show(found, change)
        if change and (worse := change.worse_by(options["tolerance"])):
            self.stderr.write(
                _("Worse than the baseline: %(names)s.") % {"names": ", ".join(worse)}
            )
            sys.exit(1)

    def _evaluate(self, options: dict[str, Any]) -> Evaluation:
        engine = get_engine(options["engine"])
        if options["file"] is None:
            return restored(evaluate_live(SilentWork(), engine=engine))
        queries = read_judged(options["file"])
        return evaluate(queries, lambda text, k: search(text, k, engine=engine))

    def _against(self, baseline: Path | None, found: Evaluation) -> Comparison | None:
        if baseline is None:
            return None
        try:
            outcomes = json.loads(baseline.read_text(encoding="utf-8"))["outcomes"]
            change = compare(outcomes, found.as_json()["outcomes"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WorkError(
                "bad_baseline",
                _("%(file)s is not what evaluate_search --json printed: %(fault)s."),
                file=baseline.name,
                fault=repr(error),
            ) from None
        if not change.n:
            raise WorkError(
                "bad_baseline",
                _("%(file)s has none of these queries: it cannot be compared with."),
                file=baseline.name,
            )
        return change

    def _show(self, found: Evaluation, change: Comparison | None) -> None:
        told = found.summary()
        rows = {"": told, **told["by_type"]}
        self.stdout.write("type       n  " + "  ".join(f"{name:>16}" for name in SHOWN))
        for name, row in rows.items():
            values = "  ".join(f"{row[measure]:16.3f}" for measure in SHOWN)
            self.stdout.write(f"{name or 'all':<8} {row['n']:>4}  {values}")
        self.stdout.write(f"p95 {told['p95_ms']} ms, skipped {told['skipped']}")
        if change:
            for name, difference in change.differences.items():
                self.stdout.write(f"{name}: {difference:+.4f} (p = {change.p[name]})")
            self.stdout.write(f"won {len(change.won)}, lost {len(change.lost)}")
