"""The official tariff of 2022, where it is at hand; nothing of its text stands here."""

from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from micasillero.catalog.ancestors import ancestor_texts
from micasillero.catalog.importing import import_file
from micasillero.catalog.models import PartidaArancelaria
from micasillero.catalog.reading import read_rows
from micasillero.catalog.undo import undo_import
from micasillero.work import WorkError

from .tariffs import table

FILE = Path(settings.BASE_DIR).parent / "shared" / "data" / "arancel_hn_2022.csv"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FILE.exists(), reason=f"the official tariff is not at {FILE}"),
]


def test_every_row_is_accounted_for():
    summary = import_file(FILE)
    counts = (summary.read, summary.leaves, summary.branches, summary.skipped)
    assert counts == (10_754, 7_494, 3_198, 62)
    assert summary.created == PartidaArancelaria.objects.count() == 10_692
    assert len(summary.skipped_rows) == 62


def test_the_broken_and_the_cancelled_rows_are_skipped():
    skipped = {row.code: row.reason for row in read_rows(FILE) if hasattr(row, "reason")}
    assert {
        "296186",
        "8433.52.00.00\n.",
        "4804.11.00.00.",
        "4811.59.12 .00",
        "4414.00.00.00",
    } <= set(skipped)
    assert sorted(Counter(skipped.values()).values()) == [1, 3, 3, 17, 38]


def test_the_ancestors_agree_with_the_official_path():
    """The column ``partida`` holds the texts from the line up to its heading, joined by bars."""
    import csv

    import_file(FILE)
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        official = {
            row["Codigo"].strip(): row["partida"].split(" | ")[1:]
            for row in csv.DictReader(file)
            if row["partida"] != "#N/A"
        }
    leaves = dict(PartidaArancelaria.objects.leaves().values_list("pk", "item_no"))
    ours = ancestor_texts(leaves)

    def plain(text):
        return " ".join(text.lstrip("- \n").split()).casefold()

    compared = [pk for pk, code in leaves.items() if code in official]
    agreeing = sum(
        [plain(text) for text in ours[pk][::-1]] == [plain(t) for t in official[leaves[pk]]]
        for pk in compared
    )
    assert (agreeing, len(compared)) == (7_261, 7_261)


def test_importing_twice_changes_nothing_and_undo_empties_the_table():
    first = import_file(FILE)
    before = table()
    again = import_file(FILE)
    assert (again.created, again.updated, again.removed) == (0, 0, 0)
    assert table() == before
    assert undo_import(first.batch)["deleted"] == 10_692
    assert table() == []


def test_wherever_it_is_cut_the_cut_is_noticed(tmp_path):
    """But for a cut exactly where a text or a row ends, which looks like a whole file."""
    whole = FILE.read_bytes()
    cut = tmp_path / "cut.csv"
    unnoticed = 0
    for tenth in range(1, 10):
        for shift in range(3):
            cut.write_bytes(whole[: len(whole) * tenth // 10 + shift * 7])
            try:
                import_file(cut, dry_run=True)
            except WorkError:
                continue
            unnoticed += 1
    assert unnoticed <= 1
