"""Imports a tariff file: compare first, then one short transaction that writes the differences.

The lines that the file lacks are removed. Every value replaced is kept in the batch, for ``undo``.
Comparing happens outside the transaction, so that nobody else's write waits for it (SQLite has one
writer, and the run that does this work writes its own progress); inside, the lines are held and
must still be as they were compared, else it is compared again.
"""

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from micasillero.work import SilentWork, Stopped, TryAgain, Work, WorkError

from .models import ImportBatch, ImportChange, PartidaArancelaria
from .plan import Plan, prepare
from .reading import check_size
from .values import stored_lines, to_json
from .writing import chunks, create_lines, delete_lines, hold_lines, stamp, update_lines

TRIES = 3
# A batch keeps this many skipped rows; the command prints them all.
SKIPPED_KEPT = 1_000
# A run names this many of them one by one.
SKIPPED_NAMED = 200


@dataclass
class ImportSummary:
    """What an import did. ``read`` = ``leaves`` + ``branches`` + ``skipped``; the rest counts
    lines, branches included. ``batch`` is None for a dry run, ``seconds`` the time it took."""

    read: int = 0
    leaves: int = 0
    branches: int = 0
    skipped: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    batch: int | None = None
    seconds: float = 0.0
    skipped_rows: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The fields as a JSON object; ``skipped_rows`` is a list of {row, code, reason}."""
        return asdict(self)


@dataclass(frozen=True)
class _Origin:
    """Where the lines come from: what an ImportBatch says of itself."""

    name: str
    digest: str
    note: str
    valid_from: date | None
    user: Any


class _Moved(Exception):  # noqa: N818 - not an error: the lines changed since the comparison
    pass


def import_file(
    path: Path,
    *,
    work: Work | None = None,
    dry_run: bool = False,
    strict: bool = False,
    user: Any = None,
    note: str = "",
    valid_from: date | None = None,
    batch: ImportBatch | None = None,
) -> ImportSummary:
    """Import one tariff file; ``batch`` is the staged upload that it belongs to, if any.

    Raises WorkError (see plan.prepare; besides rows-skipped when ``strict``, batch-undone,
    file-changed), TryAgain when others keep changing the lines, Stopped. Whatever is raised, the
    lines are as they were. A batch that was applied before is not applied twice: the summary of
    the first time is returned.
    """
    check_size(path)
    if batch is not None and batch.status == ImportBatch.Status.APPLIED:
        return _told_before(batch)
    origin = _Origin(path.name[:255], digest_of([path]), note[:500], valid_from, user)
    return import_files(
        [path], origin=origin, work=work, dry_run=dry_run, strict=strict, batch=batch
    )


def import_files(
    paths: Sequence[Path],
    *,
    origin: _Origin,
    work: Work | None = None,
    dry_run: bool = False,
    strict: bool = False,
    batch: ImportBatch | None = None,
) -> ImportSummary:
    """As import_file, for several files that make up one tariff."""
    work = work or SilentWork()
    started = time.monotonic()
    if batch is not None and batch.file_hash != origin.digest:
        raise WorkError(
            "file-changed", _("The stored file is no longer the one uploaded: upload it again.")
        )
    for _try in range(TRIES):
        plan = prepare(paths, work)
        if strict and plan.skipped:
            raise _skipped(plan)
        skipped_rows = [row.as_json() for row in plan.skipped]
        summary = ImportSummary(**plan.counts(), skipped_rows=skipped_rows)
        if not dry_run:
            try:
                _apply(plan, origin, batch, summary, work, started)
            except _Moved:
                continue
        summary.seconds = round(time.monotonic() - started, 3)
        return summary
    raise TryAgain(_("Others kept changing the lines during the import."))


def origin_of(name: str, digest: str, *, note: str = "", user: Any = None) -> _Origin:
    """An origin for import_files."""
    return _Origin(name, digest, note, None, user)


def digest_of(paths: Iterable[Path]) -> str:
    """SHA-256 of the files' bytes, one after the other, in hexadecimal."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as file:
                while part := file.read(1 << 20):
                    digest.update(part)
        except OSError as error:
            raise WorkError(
                "file-unreadable",
                _("%(name)s cannot be read: %(reason)s."),
                name=path.name,
                reason=error.strerror,
            ) from None
    return digest.hexdigest()


def _told_before(batch: ImportBatch) -> ImportSummary:
    return ImportSummary(**batch.summary)


def _skipped(plan: Plan) -> WorkError:
    first = plan.skipped[0]
    return WorkError(
        "rows-skipped",
        _(
            "%(count)s rows cannot be imported (the first is row %(row)s, code %(line)s): mend "
            "them or import without --strict."
        ),
        count=len(plan.skipped),
        row=first.number,
        line=" ".join(first.code.split()) or "-",
    )


def _apply(
    plan: Plan,
    origin: _Origin,
    batch: ImportBatch | None,
    summary: ImportSummary,
    work: Work,
    started: float,
) -> None:
    total = plan.changes
    work.report(0, total, _("Writing the differences"), phase="apply")
    if work.should_stop():
        raise Stopped
    work.confirm()
    # Nothing is reported in here: a run's own row must not wait for this transaction.
    with transaction.atomic():
        hold_lines()
        if stamp() != plan.stamp:
            raise _Moved
        batch = _batch(origin, batch)
        summary.batch = batch.pk
        _write(plan, batch)
        summary.seconds = round(time.monotonic() - started, 3)
        kept = summary.as_json()
        kept["skipped_rows"] = kept["skipped_rows"][:SKIPPED_KEPT]
        batch.status = ImportBatch.Status.APPLIED
        batch.applied_at = timezone.now()
        batch.summary = kept
        batch.save()
    work.report(total, total, _("Writing the differences"), phase="apply")
    _tell(plan, work)


def _batch(origin: _Origin, staged: ImportBatch | None) -> ImportBatch:
    if staged is None:
        return ImportBatch.objects.create(
            file_name=origin.name,
            file_hash=origin.digest,
            note=origin.note,
            valid_from=origin.valid_from,
            created_by=origin.user,
        )
    batch = ImportBatch.objects.select_for_update().filter(pk=staged.pk).first()
    if batch is None or batch.status != ImportBatch.Status.PREVIEWED:
        raise WorkError(
            "batch-done",
            _("Import #%(number)s was applied, undone or deleted before: upload the file again."),
            number=staged.pk,
        )
    return batch


def _write(plan: Plan, batch: ImportBatch) -> None:
    created = {change.code: change for change in plan.created}
    made = create_lines({code: change.values for code, change in created.items()})
    _keep(
        ImportChange(
            batch=batch,
            partida_id=line.pk,
            item_no=line.item_no,
            kind=ImportChange.Kind.CREATED,
            after=created[line.item_no].after,
        )
        for line in made
    )
    update_lines((c.pk, c.code, c.values) for c in plan.updated if c.pk is not None)
    _keep(
        ImportChange(
            batch=batch,
            partida_id=change.pk,
            item_no=change.code,
            kind=ImportChange.Kind.UPDATED,
            before=change.before,
            after=change.after,
        )
        for change in plan.updated
        if change.pk is not None
    )
    for part in chunks(pk for pk, _code in plan.removed):
        _keep(
            ImportChange(
                batch=batch,
                partida_id=line.pk,
                item_no=line.code,
                kind=ImportChange.Kind.REMOVED,
                before=to_json(line.values),
            )
            for line in list(stored_lines(PartidaArancelaria.objects.filter(pk__in=part)))
        )
    # Last, all of them: a removed branch is read above as the parent of a removed line.
    delete_lines(pk for pk, _code in plan.removed)


def _keep(changes: Iterable[ImportChange]) -> None:
    for part in chunks(changes):
        ImportChange.objects.bulk_create(part)


def _tell(plan: Plan, work: Work) -> None:
    counts = plan.counts()
    work.note(
        _("Lines created: %(created)s; updated: %(updated)s; removed: %(removed)s"),
        created=counts["created"],
        updated=counts["updated"],
        removed=counts["removed"],
    )
    if plan.skipped:
        work.note(
            _("%(skipped)s rows of the file were skipped"),
            level="warning",
            skipped=counts["skipped"],
        )
    for row in plan.skipped[:SKIPPED_NAMED]:
        code = " ".join(row.code.split())
        work.refuse(f"#{row.number} {code}".strip(), "row_skipped", row.reason)
    stored = counts["unchanged"] + counts["updated"] + counts["removed"]
    if counts["removed"] * 10 > stored:
        work.note(
            _("More than a tenth of the stored lines was removed: was the file complete?"),
            level="warning",
        )
