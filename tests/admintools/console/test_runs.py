"""One run: its state as JSON, its page, and what may be done to it."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from admintools.jobs.models import LogLine, TaskHistory

from .conftest import HTML, JSON

CONTRACT = {
    "task_id", "task_name", "job", "status", "progress", "done", "total", "phase", "message",
    "rate", "eta", "epoch", "seq", "attempt", "queue", "queue_position", "initiated_by",
    "created_at", "started_at", "finished_at", "result", "error", "cancel_requested",
}  # fmt: skip
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def running(make_run, **fields):
    now = timezone.now()
    return make_run(
        status="PROGRESS", epoch=1, seq=5, started_at=now, heartbeat_at=now,
        lease_expires_at=now + timedelta(minutes=1), phase="index", done=4721, total=7494,
        rate=109.0, published_at=now, **fields,
    )  # fmt: skip


def page_of(client, run):
    return client.get(run.get_absolute_url()).content.decode()


@pytest.fixture
def in_english(boss):
    boss.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return boss


def test_task_status_has_every_field_of_the_contract(boss, make_run):
    run = running(make_run)
    told = boss.get(f"/admin/elasticsearch/task-status/{run.task_id}/").json()
    assert set(told) >= CONTRACT
    assert (told["status"], told["progress"], told["done"], told["total"]) == (
        "PROGRESS", 62, 4721, 7494,
    )  # fmt: skip
    assert set(told["eta"]) == {"low", "high"}


@pytest.mark.parametrize("task_id", ["x", "0" * 300, "%00", "..", "1' or 1=1", "ñ"])
def test_task_status_of_an_unknown_id_is_404_as_json(boss, task_id):
    answer = boss.get(f"/admin/elasticsearch/task-status/{task_id}/")
    assert answer.status_code == 404
    if task_id != "..":
        assert answer.json()["status"] == "not_found"


def test_the_figures_are_written_as_in_honduras(boss, make_run):
    page = page_of(boss, running(make_run))
    assert "4,721 / 7,494 documentos" in page
    assert "62\N{NO-BREAK SPACE}%" in page
    assert "En curso" in page


def test_the_same_page_in_english(in_english, make_run):
    page = page_of(in_english, running(make_run))
    assert "4,721 / 7,494 documents" in page
    assert "Running" in page


def test_the_page_holds_what_a_script_needs_and_works_without(boss, make_run):
    run = running(make_run)
    page = page_of(boss, run)
    assert f'data-run="{run.task_id}" data-epoch="1" data-seq="5"' in page
    assert 'aria-valuenow="62"' in page
    assert f'action="/admin/elasticsearch/task-cancel/{run.task_id}/"' in page


def test_a_waiting_run_has_no_bar(boss, make_run):
    bar = page_of(boss, make_run()).split('role="progressbar"')[1].split(">")[0]
    assert bar.endswith(" hidden")


def test_what_a_worker_wrote_is_shown_as_text(boss, make_run):
    run = running(make_run, message=HOSTILE, worker=HOSTILE, initiated_by=HOSTILE)
    LogLine.objects.create(run=run, at=timezone.now(), text=HOSTILE)
    page = page_of(boss, run)
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_only_the_last_200_lines_are_sent(boss, make_run):
    run = running(make_run)
    now = timezone.now()
    LogLine.objects.bulk_create(LogLine(run=run, at=now, text=f"line-{n}-") for n in range(300))
    page = page_of(boss, run)
    assert page.count("<li data-id=") == 200
    assert "line-299-" in page
    assert "line-99-" not in page


def test_a_failure_says_what_happened_and_what_stays(boss, make_run):
    run = make_run(
        status="FAILURE", epoch=1, started_at=timezone.now(), finished_at=timezone.now(),
        error_code="count", error_message="There is no file %(name)s.", error_params={"name": "x"},
    )  # fmt: skip
    page = page_of(boss, run)
    assert "No existe el archivo x." in page
    assert "El que está en uso no cambia." in page
    assert f"/task-retry/{run.task_id}/" in page


def test_buttons_show_only_what_the_user_may_do(person, client_of, make_run):
    page = page_of(client_of(person("view_console")), running(make_run))
    assert "task-cancel" not in page


def test_cancel_of_a_running_run_asks_the_worker(boss, make_run):
    run = running(make_run)
    answer = boss.post(f"/admin/elasticsearch/task-cancel/{run.task_id}/", headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (202, "cancelling")
    run.refresh_from_db()
    assert run.cancel_requested_by == "jefa"
    assert LogEntry.objects.get().object_id == str(run.pk)
    assert "Cancelación solicitada" in page_of(boss, run)


def test_cancel_of_a_waiting_run_ends_it(boss, make_run):
    run = make_run()
    answer = boss.post(f"/admin/elasticsearch/task-cancel/{run.task_id}/", headers=JSON)
    assert answer.json()["status"] == "cancelled"
    run.refresh_from_db()
    assert run.status == "REVOKED"


def test_cancel_of_a_run_that_is_over_is_refused(boss, make_run):
    run = make_run(status="SUCCESS")
    address = f"/admin/elasticsearch/task-cancel/{run.task_id}/"
    answer = boss.post(address, headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (409, "conflict")
    assert boss.post(address, headers=HTML).url == run.get_absolute_url()


def test_retry_is_a_new_run_that_names_the_old(boss, make_run):
    run = make_run(status="FAILURE", parameters={"engine": "tantivy"})
    answer = boss.post(f"/admin/elasticsearch/task-retry/{run.task_id}/", headers=JSON)
    assert answer.status_code == 202
    again = TaskHistory.objects.get(task_id=answer.json()["task_id"])
    assert (again.retry_of, again.parameters) == (run, {"engine": "tantivy"})
    assert LogEntry.objects.get().object_id == str(again.pk)


def test_retry_of_an_active_run_is_refused(boss, make_run):
    run = running(make_run)
    answer = boss.post(f"/admin/elasticsearch/task-retry/{run.task_id}/", headers=JSON)
    assert (answer.status_code, answer.json()["task_id"]) == (409, run.task_id)


def test_retry_while_another_works_on_the_same_is_a_conflict(boss, make_run):
    old = make_run(status="FAILURE")
    other = boss.post("/admin/elasticsearch/rebuild/", headers=JSON).json()["task_id"]
    address = f"/admin/elasticsearch/task-retry/{old.task_id}/"
    assert boss.post(address, headers=JSON).json()["task_id"] == other
    page = boss.post(address, headers=HTML)
    assert page.status_code == 409
    assert other in page.content.decode()


def test_a_run_of_a_job_that_is_gone_is_still_readable(boss, make_run):
    run = make_run(status="FAILURE")
    TaskHistory.objects.filter(pk=run.pk).update(job="old_job", task_name="old_task")
    assert "old_task" in page_of(boss, run)
    answer = boss.post(f"/admin/elasticsearch/task-retry/{run.task_id}/", headers=JSON)
    assert answer.status_code == 409


def test_what_scripts_read_is_not_written_for_people(boss, make_run):
    """A comma in a number made the browser take every later message for an older one."""
    TaskHistory.objects.filter(pk=running(make_run).pk).update(id=12345, seq=54321)
    run = TaskHistory.objects.get(pk=12345)
    LogLine.objects.create(id=1234567, run=run, at=timezone.now(), text="a line")
    page = page_of(boss, run)
    assert 'data-seq="54321"' in page
    assert 'data-after="1234567"' in page
    assert 'data-id="1234567"' in page
    assert "#12345" in page
    assert "4,721 / 7,494" in page


def test_parameters_are_told_in_the_words_of_the_launch_form(boss, make_run):
    run = make_run(job="generate_keywords", parameters={"language": "both", "missing": True})
    page = boss.get(run.get_absolute_url()).content.decode()
    assert "Español e inglés" in page
    assert "Solo las partidas sin palabras" in page
