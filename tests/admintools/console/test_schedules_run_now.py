"""A schedule's "run now": as a launch by the person, with all that a launch asks."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django_celery_beat.models import PeriodicTask

from admintools.jobs.models import Source, TaskHistory

from .beat_rows import PAGE, made, run_now
from .conftest import HTML, JSON

CONFIRMED = {"confirm": "CONFIRM"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def none_of_the_products(db):
    PeriodicTask.objects.all().delete()


def form_of(task):
    return f"{PAGE}{task.pk}/form/"


def test_run_now_launches_with_the_schedules_parameters_as_the_person(boss):
    kwargs = {"job": "rebuild_index", "parameters": {"engine": "tantivy"}}
    task = made(kwargs=json.dumps(kwargs), enabled=False)
    answer = run_now(boss, task)
    run = TaskHistory.objects.get()
    assert (answer.status_code, answer.json()["task_id"]) == (202, run.task_id)
    assert (run.initiated_by, run.source) == ("jefa", Source.CONSOLE)
    assert run.parameters == {"engine": "tantivy"}
    assert {entry.object_repr for entry in LogEntry.objects.all()} == {str(run), str(task)}


def test_what_deletes_is_confirmed_in_its_form_with_the_schedules_parameters(boss):
    task = made(kwargs=json.dumps({"job": "cleanup", "parameters": {"keep_runs_days": 17}}))
    page = boss.get(PAGE).content.decode()
    assert f"{PAGE}{task.pk}/run/" not in page
    assert f'href="{form_of(task)}"' in page
    page = boss.get(form_of(task)).content.decode()
    assert 'name="keep_runs_days" value="17"' in page
    assert 'action="/admin/elasticsearch/cleanup/"' in page
    assert "Limpieza" in page
    assert not TaskHistory.objects.exists()


def test_one_press_does_not_skip_the_confirmation(boss):
    task = made()
    answer = run_now(boss, task)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["confirm"])
    answer = run_now(boss, task, HTML)
    assert (answer.status_code, answer.url) == (302, form_of(task))
    assert not TaskHistory.objects.exists()


def test_a_program_confirms_as_it_confirms_a_launch(boss):
    kwargs = json.dumps({"job": "cleanup", "parameters": {"keep_log_days": 5}})
    answer = run_now(boss, made(kwargs=kwargs), fields=CONFIRMED)
    assert answer.status_code == 202
    assert TaskHistory.objects.get().parameters == {"keep_log_days": 5}


def test_a_broken_body_is_400(boss):
    answer = boss.post(f"{PAGE}{made().pk}/run/", "{", "application/json", headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid")


def test_parameters_that_cannot_be_are_named_and_shown_in_the_form(boss):
    kwargs = {"job": "rebuild_index", "parameters": {"engine": "grep"}}
    task = made(kwargs=json.dumps(kwargs))
    answer = run_now(boss, task)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["engine"])
    assert boss.get(form_of(task)).status_code == 200


def test_a_schedule_without_a_job_or_a_form_opens_none(boss):
    assert boss.get(form_of(made(kwargs='{"job": "nope"}'))).status_code == 400
    assert boss.get(form_of(made(name="Otra", job="undo_import"))).status_code == 404


def test_a_person_is_led_to_the_run(boss):
    answer = run_now(boss, made(job="rebuild_index"), HTML)
    assert (answer.status_code, answer.url) == (302, TaskHistory.objects.get().get_absolute_url())


def test_one_that_is_active_is_409(boss):
    task = made(job="rebuild_index")
    run_now(boss, task)
    answer = run_now(boss, task)
    active = TaskHistory.objects.get()
    assert (answer.status_code, answer.json()["status"]) == (409, "conflict")
    assert answer.json()["task_id"] == active.task_id
    answer = run_now(boss, task, HTML)
    assert answer.status_code == 409
    assert active.get_absolute_url() in answer.content.decode()


@pytest.mark.parametrize("codename", ["run_schedule", "launch_cleanup"])
def test_running_now_needs_both_permissions(person, client_of, codename):
    task = made()
    client = client_of(person("view_console", codename))
    assert run_now(client, task).status_code == 403
    assert form_of(task) not in client.get(PAGE).content.decode()
    both = client_of(person("view_console", "run_schedule", "launch_cleanup", name="eva"))
    assert form_of(task) in both.get(PAGE).content.decode()
