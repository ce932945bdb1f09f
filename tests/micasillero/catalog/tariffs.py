"""Small tariff files of our own for the tests."""

import csv
from collections.abc import Sequence
from pathlib import Path

from micasillero.catalog.importing import ImportSummary, import_file
from micasillero.catalog.models import DirtyPartida, PartidaArancelaria

OFFICIAL = (
    "No", "Codigo", "Descripcion", "dai", "isc", "ispc", "isv", "nivel", "nivel-padre",
    "padre", "partida",
)  # fmt: skip
FREE = ("0.00", "0.00", "0.00", "0.15")
# A heading, a branch below it, two leaves below that and one right below the heading.
KETTLES = (
    ("7010", "HERVIDORES DE PRUEBA"),
    ("7010.1", "- De viaje:"),
    ("7010.11.00.00", "- - Plegables"),
    ("7010.19.00.00", "- - Los demás"),
    ("7010.90.00.00", "- Partes"),
)


def write(path: Path, rows: Sequence[Sequence[str]], *, encoding: str = "utf-8") -> Path:
    """Write rows of (code, description[, dai, isc, ispc, isv]) with the official header."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(OFFICIAL)
        for number, (code, text, *rates) in enumerate(rows, start=1):
            writer.writerow([number, code, text, *(rates or FREE), "", "", "", "#N/A"])
    return path


def import_rows(path: Path, rows: Sequence[Sequence[str]], **options: object) -> ImportSummary:
    """Write the rows and import them."""
    return import_file(write(path, rows), **options)


def table() -> list[tuple]:
    """Every value of every line, for comparing before and after."""
    fields = [f.attname for f in PartidaArancelaria._meta.concrete_fields]
    kept = [name for name in fields if name not in ("version", "updated_at")]
    return list(PartidaArancelaria.objects.order_by("pk").values_list(*kept))


def line(code: str) -> PartidaArancelaria:
    return PartidaArancelaria.objects.get(item_no=code)


def pending() -> set[int]:
    """The ids in the dirty set, which is then emptied."""
    ids = set(DirtyPartida.objects.values_list("partida_id", flat=True))
    DirtyPartida.objects.all().delete()
    return ids


def ids(*codes: str) -> set[int]:
    return set(PartidaArancelaria.objects.filter(item_no__in=codes).values_list("pk", flat=True))
