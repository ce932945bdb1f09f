"""A tariff file through the console: uploaded, looked at, applied as a job, taken back."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from admintools.jobs.models import TaskHistory
from micasillero.catalog import staging
from micasillero.catalog.models import ImportBatch, PartidaArancelaria
from micasillero.catalog.undo import undo_import
from micasillero.work import SilentWork

from .conftest import CSV, HTML, JSON

IMPORT = "/admin/elasticsearch/import/"
pytestmark = pytest.mark.django_db(transaction=True)


def upload(client, content=CSV, headers=JSON, **fields):
    if isinstance(content, str):
        content = content.encode()
    data = {"file": SimpleUploadedFile("arancel.csv", content), **fields}
    return client.post(IMPORT, data, headers=headers)


def test_an_upload_changes_nothing_and_leads_to_its_preview(boss):
    answer = upload(boss, note="Decreto 12", valid_from="2026-12-01", headers=HTML)
    batch = ImportBatch.objects.get()
    assert answer.url == f"{IMPORT}{batch.pk}/"
    assert (batch.note, str(batch.valid_from)) == ("Decreto 12", "2026-12-01")
    assert batch.created_by.get_username() == "jefa"
    assert not PartidaArancelaria.objects.exists()
    assert LogEntry.objects.get().object_id == str(batch.pk)


def test_a_program_is_told_where_the_preview_is(boss):
    answer = upload(boss)
    batch = ImportBatch.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "status": "staged",
        "batch": batch.pk,
        "preview_url": f"{IMPORT}{batch.pk}/",
    }


@pytest.mark.parametrize(
    ("content", "fields", "wrong"),
    [
        ("", {}, "file"),
        (CSV, {"valid_from": "soon"}, "valid_from"),
        (CSV, {"note": "x" * 501}, "note"),
    ],
)
def test_what_is_wrong_with_an_upload_is_named(boss, content, fields, wrong):
    answer = upload(boss, content, **fields)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [wrong]
    assert not ImportBatch.objects.exists()


def test_a_file_that_is_too_large_is_refused(boss, settings):
    settings.UPLOAD_MAX_BYTES = 20
    assert upload(boss).json()["errors"]["file"]


def test_the_preview_shows_counts_differences_and_skipped_rows(boss):
    PartidaArancelaria.objects.create(item_no="0101.29.00.00", descripcion="Viejo", is_leaf=True)
    PartidaArancelaria.objects.create(item_no="9999.00.00.00", descripcion="Fuera", is_leaf=True)
    upload(boss, CSV + "296186,Mal,Bad,0,0,0,0\n")
    page = boss.get(f"{IMPORT}{ImportBatch.objects.get().pk}/").content.decode()
    assert '<del class="co-was">Viejo</del>' in page
    assert '<ins class="co-now">10\N{NO-BREAK SPACE}%</ins>' in page
    assert "Eliminada" in page
    assert "El código es un número suelto" in page
    assert "/apply/" in page


def test_a_file_that_would_remove_much_is_warned_of(boss, batch):
    page = boss.get(f"{IMPORT}{batch.pk}/").content.decode()
    assert "¿Es el arancel completo?" not in page
    PartidaArancelaria.objects.create(item_no="9999.00.00.00", descripcion="Fuera", is_leaf=True)
    page = boss.get(f"{IMPORT}{batch.pk}/").content.decode()
    assert "Este archivo eliminaría 1 línea guardada." in page
    assert "¿Es el arancel completo?" in page


def test_a_file_that_is_no_tariff_is_explained_and_cannot_be_applied(boss):
    upload(boss, "a,b\n1,2\n")
    page = boss.get(f"{IMPORT}{ImportBatch.objects.get().pk}/").content.decode()
    assert "Al archivo le faltan las columnas" in page
    assert "/apply/" not in page


def test_hostile_texts_of_a_file_are_shown_as_text(boss):
    hostile = "<script>alert(1)</script>"
    upload(boss, CSV.replace("Otro caballo", hostile), note=hostile)
    page = boss.get(f"{IMPORT}{ImportBatch.objects.get().pk}/").content.decode()
    assert hostile not in page
    assert "&lt;script&gt;" in page


def test_applying_is_a_run_of_the_job(boss, batch):
    answer = boss.post(f"{IMPORT}{batch.pk}/apply/", headers=JSON)
    assert answer.status_code == 202
    run = TaskHistory.objects.get(task_id=answer.json()["task_id"])
    assert (run.job, run.parameters) == ("import_catalog", {"batch": batch.pk})
    assert {entry.object_id for entry in LogEntry.objects.all()} == {str(run.pk), str(batch.pk)}
    page = boss.get(run.get_absolute_url()).content.decode()
    assert f"{IMPORT}{batch.pk}/" in page


def test_applying_while_a_rebuild_runs_is_a_conflict(boss, batch):
    running = boss.post("/admin/elasticsearch/rebuild/", headers=JSON).json()["task_id"]
    answer = boss.post(f"{IMPORT}{batch.pk}/apply/", headers=JSON)
    assert (answer.status_code, answer.json()["task_id"]) == (409, running)
    page = boss.post(f"{IMPORT}{batch.pk}/apply/", headers=HTML)
    assert page.status_code == 409
    assert running in page.content.decode()


def test_what_was_applied_is_not_applied_again(boss, batch):
    staging.apply_staged(batch.pk, work=SilentWork())
    answer = boss.post(f"{IMPORT}{batch.pk}/apply/", headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid")
    assert not TaskHistory.objects.exists()


def test_only_the_latest_import_can_be_undone(boss, batch):
    assert boss.post(f"{IMPORT}{batch.pk}/undo/", headers=JSON).status_code == 400
    staging.apply_staged(batch.pk, work=SilentWork())
    page = boss.get(f"{IMPORT}{batch.pk}/").content.decode()
    assert "/undo/" in page
    answer = boss.post(f"{IMPORT}{batch.pk}/undo/", headers=JSON)
    assert answer.status_code == 202
    assert TaskHistory.objects.get().job == "undo_import"


def test_an_undone_import_says_so_and_offers_nothing(boss, batch):
    staging.apply_staged(batch.pk, work=SilentWork())
    undo_import(batch.pk, work=SilentWork())
    page = boss.get(f"{IMPORT}{batch.pk}/").content.decode()
    assert "Deshecha" in page
    assert "/undo/" not in page
    assert "/apply/" not in page


@pytest.mark.parametrize("number", ["999", "9" * 40])
def test_an_import_that_is_not_there_is_404(boss, number):
    for tail in ("", "apply/", "undo/"):
        method = boss.post if tail else boss.get
        assert method(f"{IMPORT}{number}/{tail}", headers=JSON).status_code == 404
