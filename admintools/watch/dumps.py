"""How old the newest dump of the database is: a backup that fails says nothing by itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

# As deploy/backup.sh names a dump that is whole. The name and not the file's time, which a copy
# changes, and which only those see who may enter the directory.
NAMED = "sicargabox-%Y%m%dT%H%M%SZ.dump"


def age(now: datetime) -> float | None:
    """Seconds since the newest dump in BACKUP_DIR was made; infinite when none can be seen there,
    None where BACKUP_DIR is unset."""
    if not settings.BACKUP_DIR:
        return None
    newest = max(_made(settings.BACKUP_DIR), default=None)
    return float("inf") if newest is None else max(0.0, (now - newest).total_seconds())


def _made(directory: str) -> Iterator[datetime]:
    try:
        names = [path.name for path in Path(directory).iterdir()]
    except OSError:
        return
    for name in names:
        try:
            yield datetime.strptime(name, NAMED).replace(tzinfo=UTC)
        except ValueError:
            continue
