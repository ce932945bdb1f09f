"""Takes an import back: the values it replaced return, with the primary keys they had.

Only the latest import that changed anything can be undone, then the one before it: an older one's
values may have been replaced again since. What a person changed by hand after the import stays and
is reported: a field that no longer holds what the import wrote, a line that the import made and
somebody edited (its branches stay with it), a removed line that somebody made anew.
"""

import time
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from micasillero.work import SilentWork, Work, WorkError

from .models import ImportBatch, ImportChange, PartidaArancelaria
from .values import Line, Values, from_json, stored_lines, to_json
from .writing import chunks, create_lines, delete_lines, hold_lines, update_lines

Kind = ImportChange.Kind


class _Undo:
    """The writes of one undo, inside its transaction."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.kept: list[dict[str, Any]] = []
        self.restored = self.recreated = self.deleted = 0

    def _parts(self, kind: str) -> Any:
        return chunks(self.batch.changes.filter(kind=kind).order_by("pk").iterator(500))

    def bring_back(self) -> None:
        """The removed lines, all at once: parents come first whatever their order in the batch."""
        lines: dict[str, Values] = {}
        pks: dict[str, int] = {}
        for part in self._parts(Kind.REMOVED):
            there = _stored(item_no__in=[change.item_no for change in part])
            for change in part:
                if any(line.code == change.item_no for line in there.values()):
                    self._keep(change, ["item_no"])
                else:
                    lines[change.item_no] = from_json(change.before)
                    pks[change.item_no] = change.partida_id
        self.recreated = sum(1 for _line in create_lines(lines, pks))

    def restore(self) -> None:
        """The replaced values of the changed lines."""
        for part in self._parts(Kind.UPDATED):
            there = _stored(pk__in=[change.partida_id for change in part])
            writes = []
            for change in part:
                line = there.get(change.partida_id)
                if line is None:
                    self._keep(change, ["item_no"])
                    continue
                edited = _edited(line, change.after)
                if edited:
                    self._keep(change, edited)
                back = {name: change.before[name] for name in change.before if name not in edited}
                if back:
                    writes.append((line.pk, line.code, line.values | from_json(back)))
            update_lines(writes)
            self.restored += len(writes)

    def take_away(self) -> None:
        """The lines that the import made, but for those that somebody edited since."""
        going: dict[str, int] = {}
        above: dict[str, str | None] = {}
        stays: set[str | None] = set()
        for part in self._parts(Kind.CREATED):
            there = _stored(pk__in=[change.partida_id for change in part])
            for change in part:
                line = there.get(change.partida_id)
                if line is None:
                    continue
                going[line.code] = line.pk
                above[line.code] = line.values["parent"]
                edited = _edited(line, change.after)
                if edited:
                    self._keep(change, edited)
                    stays.add(line.code)
        for code in list(stays):
            parent = above.get(str(code))
            while parent in above and parent not in stays:
                stays.add(parent)
                parent = above[parent]
        gone = [pk for code, pk in going.items() if code not in stays]
        delete_lines(gone)
        self.deleted = len(gone)

    def result(self, started: float) -> dict[str, Any]:
        return {
            "batch": self.batch.pk,
            "restored": self.restored,
            "recreated": self.recreated,
            "deleted": self.deleted,
            "kept": self.kept,
            "seconds": round(time.monotonic() - started, 3),
        }

    def _keep(self, change: ImportChange, fields: list[str]) -> None:
        self.kept.append({"code": change.item_no, "fields": fields})


def _stored(**chosen: Any) -> dict[int, Line]:
    return {line.pk: line for line in stored_lines(PartidaArancelaria.objects.filter(**chosen))}


def _edited(line: Line, written: dict[str, Any]) -> list[str]:
    """The fields that no longer hold what the import wrote."""
    now = to_json(line.values)
    return [name for name, value in written.items() if now[name] != value]


def undo_import(batch_id: int, *, work: Work | None = None) -> dict[str, Any]:
    """Undo an applied import in one transaction.

    Returns ``{batch, restored, recreated, deleted, kept: [{code, fields}], seconds}``; the counts
    are lines, ``kept`` is what stayed because it was edited by hand. Undoing twice returns the
    first outcome (a job may run again after a crash). Raises WorkError with code no-such-import,
    not-applied or not-the-latest.
    """
    work = work or SilentWork()
    started = time.monotonic()
    done_before = ImportBatch.objects.filter(pk=batch_id, status=ImportBatch.Status.UNDONE).first()
    if done_before is not None:
        return done_before.summary["undo"]
    batch = _undoable(batch_id)
    total = batch.changes.count()
    work.report(0, total, _("Bringing the former values back"), phase="apply")
    work.confirm()
    # Nothing is reported in here: a run's own row must not wait for this transaction.
    with transaction.atomic():
        hold_lines()
        batch = _undoable(batch_id)
        undo = _Undo(batch)
        undo.bring_back()
        undo.restore()
        undo.take_away()
        result = undo.result(started)
        batch.status = ImportBatch.Status.UNDONE
        batch.undone_at = timezone.now()
        batch.summary = {**batch.summary, "undo": result}
        batch.save(update_fields=["status", "undone_at", "summary"])
    work.report(total, total, _("Bringing the former values back"), phase="apply")
    if undo.kept:
        work.note(
            _("%(count)s lines edited by hand since were left as they are"),
            level="warning",
            count=len(undo.kept),
        )
    return result


def latest_undoable() -> ImportBatch | None:
    """The import that ``undo_import`` would accept, if there is one."""
    applied = ImportBatch.objects.filter(status=ImportBatch.Status.APPLIED)
    changed = Exists(ImportChange.objects.filter(batch=OuterRef("pk")))
    return applied.filter(changed).order_by("-applied_at", "-pk").first()


def _undoable(batch_id: int) -> ImportBatch:
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise WorkError("no-such-import", _("There is no import #%(number)s."), number=batch_id)
    if batch.status != ImportBatch.Status.APPLIED:
        raise WorkError(
            "not-applied",
            _("Import #%(number)s is not applied, so there is nothing to undo."),
            number=batch_id,
        )
    # An import that changed nothing stands in nobody's way, and may itself be undone at any time.
    latest = latest_undoable()
    if latest is not None and latest.pk != batch_id and batch.changes.exists():
        raise WorkError(
            "not-the-latest",
            _("Import #%(number)s was followed by import #%(latest)s: undo that one first."),
            number=batch_id,
            latest=latest.pk,
        )
    return batch
