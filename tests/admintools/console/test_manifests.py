"""Manifests: handed in as lines or as a file, searched as a job, exported."""

import csv
import io

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from admintools.jobs.models import TaskHistory
from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.confirming import confirm_lines
from micasillero.classification.models import Manifest

from .conftest import HTML, JSON, SHOES

MANIFESTS = "/admin/elasticsearch/classify/manifests/"
pytestmark = pytest.mark.django_db(transaction=True)


def hand_in(client, headers=HTML, **fields):
    return client.post(MANIFESTS, {"currency": "USD", **fields}, headers=headers)


def upload(client, content, headers=HTML):
    return hand_in(client, headers, file=SimpleUploadedFile("guia.csv", content))


def address(manifest, tail=""):
    return f"{MANIFESTS}{manifest.pk}/{tail}"


def test_pasted_lines_become_a_manifest_and_a_run(boss):
    answer = hand_in(boss, pasted="tenis nike\nMENS CAP, BLACK\n", name="Guía 7")
    made = Manifest.objects.get()
    assert answer.url == address(made)
    assert [line.text for line in made.lines.in_order()] == ["tenis nike", "MENS CAP, BLACK"]
    run = TaskHistory.objects.get()
    assert (run.job, run.queue, run.parameters) == (
        "classify_manifest",
        "celery",
        {"manifest": made.pk},
    )
    assert made.run_id == run.task_id
    assert address(made) in boss.get(run.get_absolute_url()).content.decode()


def test_a_file_of_excel_is_taken_with_its_values(boss):
    upload(boss, "Descripción;Cantidad;Valor\r\nPiñata;2;1,234.50\r\n".encode("cp1252"))
    made = Manifest.objects.get()
    line = made.lines.get()
    assert (made.name, line.text, line.quantity, str(line.cif)) == (
        "guia.csv",
        "Piñata",
        2,
        "1234.50",
    )


def test_a_program_is_told_where_the_manifest_is(boss):
    answer = hand_in(boss, JSON, pasted="tenis")
    assert answer.status_code == 202
    assert answer.json()["manifest_url"] == address(Manifest.objects.get())


def test_what_is_wrong_is_told_line_by_line_and_the_text_stays(boss):
    shown = hand_in(boss, pasted="descripcion;valor\ntenis;mucho\n;5\n")
    assert shown.status_code == 400
    told = shown.content.decode()
    assert "Línea 2: “mucho” no es un monto" in told
    assert "Línea 3:" in told
    assert "tenis;mucho" in told
    assert not Manifest.objects.exists()


def test_the_text_of_a_file_that_cannot_be_read_is_put_into_the_field(boss):
    shown = upload(boss, b"descripcion;valor\ntenis;mucho\n")
    assert shown.status_code == 400
    assert "tenis;mucho\n</textarea>" in shown.content.decode()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "pasted"),
        ({"pasted": "x\n" * 501}, "pasted"),
        ({"pasted": "x", "currency": "EUR"}, "currency"),
        ({"file": SimpleUploadedFile("a.xlsx", b"PK\x00\x01")}, "file"),
        ({"file": SimpleUploadedFile("a.csv", b"x" * 1024 * 1025)}, "file"),
    ],
)
def test_what_is_no_manifest_is_refused_by_its_field(boss, fields, wrong):
    answer = hand_in(boss, JSON, **fields)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [wrong]


def test_who_may_not_launch_may_look_and_review_only(person, client_of, searched):
    client = client_of(person("classify_goods"))
    assert "<textarea" not in client.get(MANIFESTS).content.decode()
    assert hand_in(client, pasted="tenis").status_code == 403
    line = searched.lines.in_order()[0]
    sent = {f"pick-{line.pk}": SHOES}
    assert client.post(address(searched, "confirm/"), sent).status_code == 302


def rows(answer):
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_the_export_has_code_rates_and_taxes_of_what_was_confirmed(boss, searched, shoes_and_caps):
    confirm_lines(None, searched, {searched.lines.in_order()[0]: shoes_and_caps[SHOES]})
    first, second = rows(boss.post(address(searched, "export/")))
    assert (first["Código"], first["Descripción"], first["Valor CIF"]) == (
        SHOES,
        "Calzado",
        "120.00",
    )
    # DAI 120 x 15 % = 18; ISV 138 x 15 % = 20.70.
    assert first["Total de impuestos"] == "38.70"
    assert (second["Código"], second["Total de impuestos"]) == ("", "")
    assert LogEntry.objects.get().change_message


def test_a_line_is_told_with_the_texts_above_it(boss, searched, shoes_and_caps):
    """A "Los demás" means nothing alone."""
    above = PartidaArancelaria.objects.create(item_no="6404", descripcion="Calzado de tela")
    PartidaArancelaria.objects.filter(item_no=SHOES).update(parent=above, descripcion="Los demás")
    assert "Calzado de tela ›" in boss.get(address(searched)).content.decode()
    confirm_lines(None, searched, {searched.lines.in_order()[0]: shoes_and_caps[SHOES]})
    first = rows(boss.post(address(searched, "export/")))[0]
    assert first["Descripción"] == "Calzado de tela › Los demás"


def test_no_cell_of_the_export_is_executed(boss, searched, shoes_and_caps):
    searched.lines.update(text='=HYPERLINK("http://evil.example")')
    PartidaArancelaria.objects.update(descripcion="@SUM(1)")
    confirm_lines(None, searched, {searched.lines.in_order()[0]: shoes_and_caps[SHOES]})
    first = rows(boss.post(address(searched, "export/")))[0]
    assert first["Mercancía"].startswith("'=")
    assert first["Descripción"].startswith("'@")


def test_long_manifests_are_reviewed_page_by_page(boss):
    hand_in(boss, pasted="tenis\n" * 60)
    made = Manifest.objects.get()
    told = boss.get(address(made), {"page": "2"}).content.decode()
    assert told.count("<fieldset") == 10
    answer = boss.post(address(made, "confirm/"), {"page": "2"})
    assert answer.url == f"{address(made)}?page=2"


@pytest.mark.parametrize("number", ["x", "0", "99", "9" * 40, "\x00"])
def test_a_page_that_cannot_be_is_another_one(boss, searched, number):
    assert boss.get(address(searched), {"page": number}).status_code == 200
    sent = {"page": number}
    assert boss.post(address(searched, "confirm/"), sent).status_code == 302


@pytest.mark.parametrize("number", ["999", "9" * 40])
def test_a_manifest_that_is_not_there_is_404(boss, number):
    for tail in ("", "confirm/", "accept/", "export/"):
        method = boss.post if tail else boss.get
        assert method(f"{MANIFESTS}{number}/{tail}", headers=JSON).status_code == 404


def test_a_run_that_failed_is_said_above_the_lines(boss, manifest):
    run = hand_in(boss, JSON, pasted="tenis").json()["task_id"]
    TaskHistory.objects.update(status="FAILURE", error_message="No index", error_code="x")
    made = Manifest.objects.get(run_id=run)
    told = boss.get(address(made)).content.decode()
    assert "No index" in told
    assert TaskHistory.objects.get().get_absolute_url() in told


def test_the_home_page_leads_to_the_manifests(boss):
    assert f'href="{MANIFESTS}"' in boss.get("/admin/elasticsearch/").content.decode()
    launch = boss.get("/admin/elasticsearch/launch/classify_manifest/")
    assert launch.url == MANIFESTS
