"""`manage.py import_catalog FILE`: the upload page's twin."""

import argparse
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from admintools.jobs import following
from admintools.jobs.launch import Conflict
from admintools.jobs.models import Status
from micasillero.catalog.importing import import_file
from micasillero.catalog.management.sentences import as_sentence
from micasillero.catalog.models import ImportBatch
from micasillero.catalog.reading import check_size
from micasillero.catalog.staging import discard, stage

PART = 1 << 20


def a_day(text: str) -> date:
    """An ISO date, for argparse."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-01-31") from None


class Command(BaseCommand):
    """Exit 0, or 1 with a sentence on standard error; the lines are then as they were."""

    help = "Imports a tariff file (CSV). Lines that the file lacks are removed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help=_("compare, write nothing"))
        parser.add_argument("--strict", action="store_true", help=_("fail if a row is skipped"))
        parser.add_argument("--json", action="store_true", help=_("print one JSON object"))
        parser.add_argument("--note", default="", help=_("kept with the import: the decree"))
        parser.add_argument("--valid-from", type=a_day, default=None, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        with as_sentence():
            if options["dry_run"]:
                compared = import_file(options["file"], dry_run=True, strict=options["strict"])
                summary = compared.as_json()
            else:
                summary = self._import(**options)
        if options["json"]:
            self.stdout.write(json.dumps(summary, ensure_ascii=False))
        else:
            self.stdout.write(told(summary))

    def _import(
        self, *, file: Path, note: str, valid_from: date | None, strict: bool, **_others: Any
    ) -> dict[str, Any]:
        """Stage the file and apply it as a run, which nothing that changes the lines may join."""
        check_size(file)
        batch = stage(parts_of(file), file.name, note=note, valid_from=valid_from)
        try:
            run = following.run_inline(
                "import_catalog", {"batch": batch.pk, "strict": strict}, quiet=True
            )
        except Conflict as conflict:
            discard(batch)
            raise CommandError(following.conflict_sentence(conflict)) from None
        if run.status == Status.SUCCESS:
            return {"task_id": run.task_id, **(run.result or {})}
        if ImportBatch.objects.filter(pk=batch.pk, status=ImportBatch.Status.PREVIEWED).exists():
            discard(batch)
        raise CommandError(following.describe(run), returncode=following.exit_code(run))


def parts_of(file: Path) -> Iterator[bytes]:
    """The file's bytes in parts of a mebibyte. Raises CommandError when it cannot be read."""
    try:
        with file.open("rb") as opened:
            while part := opened.read(PART):
                yield part
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None


def told(summary: dict[str, Any]) -> str:
    """The summary for a person, in the active language."""
    rows = [
        _("row %(row)s, %(code)s: %(reason)s")
        % {
            "row": row["row"],
            "code": " ".join(row["code"].split()) or "-",
            "reason": _(row["reason"]),
        }
        for row in summary["skipped_rows"]
    ]
    total = _(
        "%(read)s rows read: %(leaves)s tariff lines, %(branches)s branches, %(skipped)s skipped. "
        "%(created)s created, %(updated)s updated, %(unchanged)s unchanged, %(removed)s removed, "
        "in %(seconds)s s."
    ) % {**summary, "seconds": f"{summary['seconds']:.1f}"}
    if summary["batch"] is None:
        total += " " + _("Nothing was written.")
    return "\n".join([*rows, total])
