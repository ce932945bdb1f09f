"""`import_catalog`: JSON, a sentence instead of a traceback, and a run in the history."""

import json

import pytest
from django.core.management import CommandError, call_command

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status, TaskHistory
from micasillero.catalog.models import ImportBatch
from tests.micasillero.catalog.tariffs import KETTLES, table, write

# The run writes its progress on a connection of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "tarifa.csv"


def told(capsys, *arguments):
    call_command(*arguments)
    return json.loads(capsys.readouterr().out)


def test_import_prints_one_json_object(file, capsys):
    write(file, [*KETTLES, ("296186", "Roto")])
    printed = told(capsys, "import_catalog", str(file), "--json")
    assert printed["read"] == printed["leaves"] + printed["branches"] + printed["skipped"] == 6
    assert printed["skipped_rows"][0]["row"] == 6
    assert set(printed) >= {"created", "updated", "unchanged", "removed", "batch", "seconds"}


def test_import_tells_a_person_what_was_skipped(file, capsys):
    write(file, [*KETTLES, ("8433.52.00.00\n.", "Roto")])
    call_command("import_catalog", str(file))
    assert "8433.52.00.00 ." in capsys.readouterr().out


def test_a_dry_run_writes_nothing(file, capsys):
    write(file, KETTLES)
    assert told(capsys, "import_catalog", str(file), "--dry-run", "--json")["batch"] is None
    assert table() == []


def test_note_and_day_are_kept(file, capsys):
    write(file, KETTLES)
    call_command("import_catalog", str(file), "--note", "Acuerdo 3", "--valid-from", "2026-02-01")
    batch = ImportBatch.objects.get()
    assert (batch.note, str(batch.valid_from)) == ("Acuerdo 3", "2026-02-01")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x89PNG\r\n\x1a\n\0\0", "ñ".encode("latin-1") * 9, b"a,b\n1,2\n", bytes(4096)],
)
def test_a_file_that_is_no_tariff_is_refused_in_one_sentence(file, content):
    file.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        call_command("import_catalog", str(file))
    assert caught.value.returncode == 1
    assert "\n" not in str(caught.value)


def test_a_directory_or_a_missing_file_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "no.csv", "\0"):
        with pytest.raises(CommandError):
            call_command("import_catalog", str(path))


def test_strict_fails_on_a_skipped_row(file):
    write(file, [*KETTLES, ("296186", "Roto")])
    with pytest.raises(CommandError, match="296186"):
        call_command("import_catalog", str(file), "--strict")
    assert table() == []


def test_an_import_is_a_run_of_the_history(file, capsys):
    write(file, KETTLES)
    printed = told(capsys, "import_catalog", str(file), "--json")
    run = TaskHistory.objects.get(task_id=printed["task_id"])
    assert (run.job, run.status, run.source) == ("import_catalog", Status.SUCCESS, Source.COMMAND)


def test_an_import_waits_for_no_rebuild_but_says_who_runs(file):
    launch("rebuild_index", initiator=Initiator(Source.CONSOLE, name="ana"))
    write(file, KETTLES)
    with pytest.raises(CommandError, match="ana"):
        call_command("import_catalog", str(file))
    assert table() == []
    assert not ImportBatch.objects.exists()


def test_a_file_that_is_refused_leaves_no_batch_behind(file):
    file.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(CommandError):
        call_command("import_catalog", str(file))
    assert not ImportBatch.objects.exists()


def test_importing_twice_changes_nothing(file, capsys):
    write(file, KETTLES)
    told(capsys, "import_catalog", str(file), "--json")
    again = told(capsys, "import_catalog", str(file), "--json")
    assert (again["created"], again["updated"], again["removed"]) == (0, 0, 0)
    assert again["unchanged"] == again["leaves"] + again["branches"]
