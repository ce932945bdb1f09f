"""An uploaded tariff file waits here, unseen by the lines, until somebody applies or forgets it."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from micasillero.work import SilentWork, Work, WorkError

from .importing import ImportSummary, import_file
from .models import ImportBatch
from .plan import prepare
from .reading import too_large

FOLDER = "imports"
SAMPLE = 200
SKIPPED_SHOWN = 200


def stage(
    upload_chunks: Iterable[bytes],
    name: str,
    user: Any = None,
    note: str = "",
    valid_from: date | None = None,
) -> ImportBatch:
    """Store an upload under its SHA-256 and open a batch for it (PREVIEWED, nothing applied).

    Raises WorkError with code file-empty, file-too-large or no-space. The content is not looked
    at: that is ``preview``'s.
    """
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        digest = _store(upload_chunks, folder)
    except OSError as error:
        raise WorkError(
            "no-space",
            _("The upload could not be stored (%(reason)s): see to the uploads directory."),
            reason=error.strerror or str(error),
        ) from None
    return ImportBatch.objects.create(
        file_name=_plain_name(name),
        file_hash=digest,
        stored_file=f"{FOLDER}/{digest}.csv",
        note=note[:500],
        valid_from=valid_from,
        created_by=user,
    )


def _store(upload_chunks: Iterable[bytes], folder: Path) -> str:
    """Written aside, then renamed: a broken upload never stands under a valid name."""
    digest, size = hashlib.sha256(), 0
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            for part in upload_chunks:
                size += len(part)
                if size > settings.UPLOAD_MAX_BYTES:
                    raise too_large(size)
                digest.update(part)
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        if not size:
            raise WorkError("file-empty", _("The file is empty."))
        Path(temporary).replace(folder / f"{digest.hexdigest()}.csv")
    finally:
        Path(temporary).unlink(missing_ok=True)
    return digest.hexdigest()


def _plain_name(name: str) -> str:
    """The last part of what the browser calls the file, printable, never used as a path."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable()).strip()[-255:] or "upload.csv"


def path_of(batch: ImportBatch) -> Path:
    """Where the file of a staged batch lies. Raises WorkError(file-missing) when it is gone."""
    path = Path(settings.MEDIA_ROOT) / batch.stored_file
    if not batch.stored_file or not path.is_file():
        raise WorkError(
            "file-missing",
            _("The file of import #%(number)s is no longer kept: upload it again."),
            number=batch.pk,
        )
    return path


def preview(batch: ImportBatch, *, work: Work | None = None) -> dict[str, Any]:
    """What applying the batch would do now; writes nothing.

    Returns ``{read, leaves, branches, skipped, created, updated, unchanged, removed, sample,
    skipped_rows}``: ``sample`` at most 200 differences ``{code, kind, before, after}``, of every
    kind; ``skipped_rows`` the first 200 ``{row, code, reason}``. Raises as plan.prepare does.
    """
    plan = prepare([path_of(batch)], work or SilentWork())
    return {
        **plan.counts(),
        "sample": plan.sample(SAMPLE),
        "skipped_rows": [row.as_json() for row in plan.skipped[:SKIPPED_SHOWN]],
    }


def apply_staged(batch_id: int, *, work: Work | None = None, strict: bool = False) -> ImportSummary:
    """Apply a staged batch. Raises as import_file does, and WorkError(no-such-import)."""
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise WorkError("no-such-import", _("There is no import #%(number)s."), number=batch_id)
    return import_file(path_of(batch), work=work, strict=strict, batch=batch)


def discard(batch: ImportBatch) -> None:
    """Forget an upload that was never applied, and its file unless another batch needs it.

    Raises WorkError(batch-done) for an applied or undone one: those are history.
    """
    waiting = ImportBatch.objects.filter(pk=batch.pk, status=ImportBatch.Status.PREVIEWED)
    if not waiting.delete()[0]:
        raise WorkError(
            "batch-done",
            _("Import #%(number)s was applied, undone or deleted before: upload the file again."),
            number=batch.pk,
        )
    if not ImportBatch.objects.filter(stored_file=batch.stored_file).exists():
        (Path(settings.MEDIA_ROOT) / batch.stored_file).unlink(missing_ok=True)


def discard_stale(age: timedelta) -> int:
    """Forget the uploads older than ``age`` that nobody applied; returns how many."""
    stale = list(_stale(age))
    for batch in stale:
        discard(batch)
    return len(stale)


def count_stale(age: timedelta) -> int:
    """How many uploads ``discard_stale`` would forget now."""
    return _stale(age).count()


def _stale(age: timedelta) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.filter(
        status=ImportBatch.Status.PREVIEWED, created_at__lt=timezone.now() - age
    )
