"""An upload waits, is previewed without writing, and is applied once."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from micasillero.catalog import staging
from micasillero.catalog.models import ImportBatch
from micasillero.work import WorkError

from .tariffs import KETTLES, line, pending, table, write


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


def staged(file, rows, name="arancel.csv", **options):
    content = write(file, rows).read_bytes()
    return staging.stage([content[:50], content[50:]], name, **options)


def renamed(text):
    return [(code, text if code == "7010.90.00.00" else old) for code, old in KETTLES]


def test_an_upload_is_stored_under_its_hash_and_changes_no_line(kettles, file, uploads):
    before = table()
    batch = staged(file, renamed("- Piezas"), note="Acuerdo 2")
    assert (batch.status, batch.note) == ("PREVIEWED", "Acuerdo 2")
    assert (uploads / "imports" / f"{batch.file_hash}.csv").read_bytes() == file.read_bytes()
    assert table() == before


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\datos\\passwd", "pas\nswd"])
def test_the_browser_s_file_name_is_never_a_path(db, file, name):
    assert staged(file, KETTLES, name).file_name == "passwd"


def test_a_preview_shows_the_differences_and_writes_nothing(kettles, file):
    before = table()
    batch = staged(file, [*renamed("- Piezas"), ("7010.91.00.00", "Más"), ("640", "Roto")])
    preview = staging.preview(batch)
    assert (preview["created"], preview["updated"], preview["unchanged"]) == (1, 1, 4)
    assert preview["sample"][0] == {
        "code": "7010.90.00.00",
        "kind": "UPDATED",
        "before": {"descripcion": "Partes"},
        "after": {"descripcion": "Piezas"},
    }
    assert preview["skipped_rows"][0]["code"] == "640"
    assert (table(), pending()) == (before, set())


def test_a_preview_shows_removed_lines_with_their_values(kettles, file):
    batch = staged(file, KETTLES[:-1])
    (difference,) = staging.preview(batch)["sample"]
    assert (difference["kind"], difference["before"]["descripcion"]) == ("REMOVED", "Partes")


def test_a_sample_is_bounded_and_has_every_kind(kettles, file):
    many = [(f"8010.{n // 100:02d}.{n % 100:02d}.00", f"Cosa {n}") for n in range(300)]
    batch = staged(file, [*many, *renamed("- Piezas")[1:]])
    sample = staging.preview(batch)["sample"]
    assert len(sample) == 200
    assert {difference["kind"] for difference in sample} == {"CREATED", "UPDATED", "REMOVED"}


def test_applying_changes_the_lines_and_the_batch(kettles, file):
    batch = staged(file, renamed("- Piezas"))
    summary = staging.apply_staged(batch.pk)
    batch.refresh_from_db()
    assert (summary.batch, summary.updated, batch.status) == (batch.pk, 1, "APPLIED")
    assert line("7010.90.00.00").descripcion == "Piezas"


def test_applying_twice_tells_the_first_outcome(kettles, file):
    batch = staged(file, renamed("- Piezas"))
    first = staging.apply_staged(batch.pk)
    again = staging.apply_staged(batch.pk)
    assert (again.batch, again.updated) == (first.batch, 1)
    assert line("7010.90.00.00").version == 2


def test_a_stored_file_that_changed_is_refused(kettles, file, uploads):
    batch = staged(file, KETTLES)
    path = staging.path_of(batch)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(WorkError) as caught:
        staging.apply_staged(batch.pk)
    assert caught.value.code == "file-changed"


def test_a_stored_file_that_is_gone_is_refused(kettles, file):
    batch = staged(file, KETTLES)
    staging.path_of(batch).unlink()
    with pytest.raises(WorkError) as caught:
        staging.preview(batch)
    assert caught.value.code == "file-missing"


def test_an_upload_over_the_limit_is_refused_and_leaves_no_file(db, settings, uploads):
    settings.UPLOAD_MAX_BYTES = 2048
    with pytest.raises(WorkError) as caught:
        staging.stage((b"x" * 1024 for _ in range(3)), "grande.csv")
    assert caught.value.code == "file-too-large"
    assert list((uploads / "imports").iterdir()) == []
    assert ImportBatch.objects.count() == 0


def test_an_empty_upload_is_refused(db, uploads):
    with pytest.raises(WorkError) as caught:
        staging.stage([], "vacio.csv")
    assert caught.value.code == "file-empty"
    assert list((uploads / "imports").iterdir()) == []


def test_an_upload_directory_that_cannot_be_written_is_named(db, settings, tmp_path):
    (tmp_path / "in-the-way").write_text("a file")
    settings.MEDIA_ROOT = tmp_path / "in-the-way"
    with pytest.raises(WorkError) as caught:
        staging.stage([b"x"], "a.csv")
    assert caught.value.code == "no-space"


def test_a_discarded_upload_takes_its_file_unless_another_needs_it(db, file):
    first, second = staged(file, KETTLES), staged(file, KETTLES)
    path = staging.path_of(first)
    staging.discard(first)
    assert path.exists()
    staging.discard(second)
    assert not path.exists()


def test_an_applied_import_cannot_be_discarded(db, file):
    batch = staged(file, KETTLES)
    staging.apply_staged(batch.pk)
    with pytest.raises(WorkError):
        staging.discard(batch)
    assert Path(staging.path_of(batch)).exists()


def test_only_old_uploads_are_stale(db, file):
    old, new = staged(file, KETTLES), staged(file, renamed("- Piezas"))
    ImportBatch.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert staging.discard_stale(timedelta(days=7)) == 1
    assert list(ImportBatch.objects.all()) == [new]
