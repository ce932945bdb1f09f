"""The catalogue that comes with the product, so that there is something to index from the start."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop as _

from micasillero.work import SilentWork, Work, WorkError

from .importing import ImportSummary, digest_of, import_files, origin_of
from .models import ImportBatch, PartidaArancelaria

FOLDER = Path(__file__).with_name("builtin")
NAME = "builtin"


@dataclass
class BuiltinSummary(ImportSummary):
    """``loaded`` False: the table held a tariff already, which was left as it is."""

    loaded: bool = True


def files() -> list[Path]:
    """The catalogue's files, one a chapter. Raises WorkError(no-builtin) when there are none."""
    found = sorted(FOLDER.glob("[0-9][0-9].csv"))
    if not found:
        raise WorkError(
            "no-builtin",
            _("The built-in catalogue is missing from the installation: install it again."),
        )
    return found


def load_builtin(
    work: Work | None = None, *, replace: bool = False, user: Any = None
) -> BuiltinSummary:
    """Load the built-in catalogue into an empty table, or over an older edition of itself.

    Where any other tariff is loaded, or the same edition (which somebody may have edited since),
    it does nothing unless ``replace``: then it is an import like any other, that can be undone.
    Raises as import_file does.
    """
    paths = files()
    digest = digest_of(paths)
    if not replace and not _has_room(digest):
        return BuiltinSummary(unchanged=PartidaArancelaria.objects.count(), loaded=False)
    origin = origin_of(NAME, digest, note=_("Built-in catalogue"), user=user)
    done = import_files(paths, origin=origin, work=work or SilentWork(), strict=True)
    return BuiltinSummary(**done.as_json())


def _has_room(digest: str) -> bool:
    if not PartidaArancelaria.objects.exists():
        return True
    applied = ImportBatch.objects.filter(status=ImportBatch.Status.APPLIED)
    latest = applied.order_by("-applied_at", "-pk").first()
    # The hash alone would do for equality, the name tells an older edition from a real tariff.
    return latest is not None and latest.file_name == NAME and latest.file_hash != digest
