"""Which import changed what in a line."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .models import ImportChange


@dataclass(frozen=True)
class LineChange:
    """What one import did to one line. ``fields``: (field name, before, after), None: absent."""

    batch: int
    kind: str
    applied_at: datetime | None
    undone_at: datetime | None
    valid_from: date | None
    who: str
    file_name: str
    note: str
    fields: list[tuple[str, Any, Any]]


def changes_of(item_no: str) -> list[LineChange]:
    """The imports that changed the line with this code, the latest first; also undone ones."""
    found = ImportChange.objects.filter(item_no=item_no).select_related("batch__created_by")
    return [_told(change) for change in found.order_by("-batch__applied_at", "-pk")]


def _told(change: ImportChange) -> LineChange:
    before, after = change.before or {}, change.after or {}
    batch = change.batch
    return LineChange(
        batch=batch.pk,
        kind=change.kind,
        applied_at=batch.applied_at,
        undone_at=batch.undone_at,
        valid_from=batch.valid_from,
        who=str(batch.created_by or ""),
        file_name=batch.file_name,
        note=batch.note,
        fields=[(name, before.get(name), after.get(name)) for name in {**before, **after}],
    )
