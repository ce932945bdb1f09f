"""Manifests: handed in as lines or as a file, searched as a job, reviewed, exported."""

import csv
import io

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from admintools.jobs.models import TaskHistory
from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.confirming import confirm_lines
from micasillero.classification.models import Classification, Manifest

from .conftest import HTML, JSON

MANIFESTS = "/admin/elasticsearch/classify/manifests/"
SHOES, CAPS = "6404.11.00.00", "6505.00.10.00"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lines():
    made = [
        PartidaArancelaria.objects.create(
            item_no=code, descripcion=text, is_leaf=True, impuesto_dai="0.15", impuesto_isv="0.15"
        )
        for code, text in ((SHOES, "Calzado"), (CAPS, "Gorras"))
    ]
    return {line.item_no: line for line in made}


@pytest.fixture
def searched(manifest, lines):
    """The manifest as the job leaves it: tenis exact, gorra a near miss."""
    hits = [{"code": code, "description": "x", "category": "ALLOWED"} for code in (SHOES, CAPS)]
    for line, relaxed in zip(manifest.lines.in_order(), (False, True), strict=True):
        line.searched(hits, relaxed=relaxed)
        line.save()
    return manifest


def hand_in(client, headers=HTML, **fields):
    return client.post(MANIFESTS, {"currency": "USD", **fields}, headers=headers)


def upload(client, content, headers=HTML):
    return hand_in(client, headers, file=SimpleUploadedFile("guia.csv", content))


def address(manifest, tail=""):
    return f"{MANIFESTS}{manifest.pk}/{tail}"


def pick(client, manifest, *codes, **fields):
    """Mark a hit of each line, "" for none."""
    marked = {
        f"pick-{line.pk}": code
        for line, code in zip(manifest.lines.in_order(), codes, strict=False)
    }
    return client.post(address(manifest, "confirm/"), {**marked, **fields}, headers=HTML)


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
    assert pick(client, searched, SHOES).status_code == 302


def test_an_exact_first_hit_is_marked_and_a_near_miss_is_not(boss, searched):
    told = boss.get(address(searched)).content.decode()
    assert told.count('type="radio"') == 4
    assert told.count(" checked") == 1
    assert "Coincidencias cercanas" in told


def test_what_is_marked_is_confirmed(boss, searched):
    assert pick(boss, searched, CAPS, "").url == address(searched)
    first, second = searched.lines.in_order()
    assert (first.code, first.state, second.state) == (CAPS, "confirmed", "found")
    kept = Classification.objects.get()
    assert (kept.query, kept.rank, kept.user.username) == ("tenis", 2, "jefa")
    assert LogEntry.objects.get().change_message == "1 línea confirmada."
    assert "1 de 2 confirmadas" in boss.get(address(searched)).content.decode()


def test_the_same_once_more_changes_nothing(boss, searched):
    pick(boss, searched, CAPS)
    at = Classification.objects.get().confirmed_at
    pick(boss, searched, CAPS)
    assert Classification.objects.get().confirmed_at == at
    assert LogEntry.objects.count() == 1


def test_a_code_by_hand_goes_before_the_mark(boss, searched):
    line = searched.lines.in_order()[1]
    pick(boss, searched, "", SHOES, **{f"other-{line.pk}": CAPS.replace(".", "")})
    assert searched.lines.in_order()[1].code == CAPS


def test_a_code_that_is_none_is_said_at_its_line_and_the_others_are_kept(boss, searched):
    line = searched.lines.in_order()[1]
    answer = pick(boss, searched, SHOES, "", **{f"other-{line.pk}": "9999.99.99.99"})
    assert answer.status_code == 400
    told = answer.content.decode()
    assert "No existe la partida 9999.99.99.99" in told
    assert 'value="9999.99.99.99"' in told
    assert searched.lines.in_order()[0].code == SHOES


def test_a_mark_that_was_no_hit_is_no_choice(boss, searched):
    PartidaArancelaria.objects.create(item_no="0101.21.00.00", descripcion="x", is_leaf=True)
    pick(boss, searched, "0101.21.00.00")
    assert not Classification.objects.exists()


def test_the_first_hits_of_exact_lines_are_accepted_at_once(boss, searched):
    assert "1 línea exacta" in boss.get(address(searched)).content.decode()
    boss.post(address(searched, "accept/"))
    first, second = searched.lines.in_order()
    assert (first.code, second.state) == (SHOES, "found")


def rows(answer):
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_the_export_has_code_rates_and_taxes_of_what_was_confirmed(boss, searched, lines):
    confirm_lines(None, searched, {searched.lines.in_order()[0]: lines[SHOES]})
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


def test_a_line_is_told_with_the_texts_above_it(boss, searched, lines):
    """A "Los demás" means nothing alone."""
    above = PartidaArancelaria.objects.create(item_no="6404", descripcion="Calzado de tela")
    PartidaArancelaria.objects.filter(item_no=SHOES).update(parent=above, descripcion="Los demás")
    assert "Calzado de tela ›" in boss.get(address(searched)).content.decode()
    confirm_lines(None, searched, {searched.lines.in_order()[0]: lines[SHOES]})
    first = rows(boss.post(address(searched, "export/")))[0]
    assert first["Descripción"] == "Calzado de tela › Los demás"


def test_no_cell_of_the_export_is_executed(boss, searched, lines):
    searched.lines.update(text='=HYPERLINK("http://evil.example")')
    PartidaArancelaria.objects.update(descripcion="@SUM(1)")
    confirm_lines(None, searched, {searched.lines.in_order()[0]: lines[SHOES]})
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
