"""The page of the schedules: when, next, last, on and off."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from django_celery_beat.models import (
    ClockedSchedule,
    PeriodicTask,
    PeriodicTasks,
    SolarSchedule,
)

from admintools.console.schedules.due import next_start
from admintools.jobs.beats import beat
from admintools.jobs.models import Source, TaskHistory
from admintools.tasks.schedule import launch_scheduled

from .beat_rows import PAGE, cron, every, made, run_now
from .conftest import HTML, JSON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def none_of_the_products(db):
    PeriodicTask.objects.all().delete()


def test_the_page_shows_job_time_next_and_last(boss):
    made()
    launch_scheduled(job="cleanup")
    TaskHistory.objects.update(initiated_by="Limpieza", status="SUCCESS", resource="")
    answer = boss.get(PAGE, headers={"Accept-Language": "en"})
    page, run = answer.content.decode(), TaskHistory.objects.get()
    (row,) = answer.context["rows"]
    assert (row.task.name, row.last["task_id"]) == ("Limpieza", run.task_id)
    assert "Every day at 03:00" in page
    assert run.get_absolute_url() in page
    assert "Succeeded" in page


def test_the_last_run_is_one_that_this_schedule_started_by_itself(boss, make_run):
    made()
    made(name="Otra")
    older = make_run(job="cleanup", source=Source.SCHEDULE, initiated_by="Limpieza")
    newer = make_run(job="cleanup", source=Source.SCHEDULE, initiated_by="Limpieza")
    make_run(job="cleanup", initiated_by="Limpieza")  # by hand, by a person of that name
    rows = {row.task.name: row for row in boss.get(PAGE).context["rows"]}
    assert rows["Limpieza"].last["task_id"] == newer.task_id != older.task_id
    assert rows["Otra"].last is None


def test_a_run_that_a_person_set_off_hides_no_beat_that_is_silent(boss):
    """The page says "last by itself", and where to find the others."""
    task = made(job="rebuild_index")
    run_now(boss, task)
    answer = boss.get(PAGE, headers={"Accept-Language": "en"})
    (row,) = answer.context["rows"]
    assert row.last is None
    page = answer.content.decode()
    assert "Last by itself" in page
    assert "is in the history, under that person's name." in page


def test_periodic_tasks_that_launch_no_job_are_not_listed(boss):
    made(task="celery.backend_cleanup")
    assert boss.get(PAGE).context["rows"] == []


@pytest.mark.parametrize(
    "fields",
    [
        {"kwargs": "{"},
        {"kwargs": "[1]"},
        {"kwargs": "null"},
        {"kwargs": "{}"},
        {"kwargs": '{"job": "nope"}'},
        {"kwargs": '{"job": ["cleanup"]}'},
        {"kwargs": '{"job": "cleanup", "parameters": [1]}'},
        {"kwargs": '{"job": "cleanup", "colour": 1}'},
        {"kwargs": '{"job": "cleanup"}', "args": '["cleanup"]'},
        {"args": '["cleanup", {}, 3]'},
        {"args": "[", "kwargs": "{}"},
        {"kwargs": "[" * 100_000},
    ],
)
def test_a_schedule_with_broken_arguments_is_a_sentence_not_a_500(boss, fields):
    task = made(**fields)
    answer = boss.get(PAGE)
    (row,) = answer.context["rows"]
    assert (answer.status_code, row.may_run) == (200, False)
    assert row.plan.fault in answer.content.decode().replace("&#x27;", "'")
    answer = run_now(boss, task)
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid")
    assert run_now(boss, task, HTML).status_code == 400
    assert not TaskHistory.objects.exists()


def test_positional_arguments_serve_as_well(boss):
    task = made(args='["rebuild_index", {"engine": "tantivy"}]', kwargs="{}")
    run_now(boss, task)
    run = TaskHistory.objects.get()
    assert (run.job, run.parameters) == ("rebuild_index", {"engine": "tantivy"})


@pytest.mark.parametrize(
    "when",
    [
        lambda: {"clocked": ClockedSchedule.objects.create(clocked_time=timezone.now())},
        lambda: {"solar": SolarSchedule.objects.create(event="sunset", latitude=14, longitude=-87)},
        lambda: {"crontab": cron("0 3 31 2 *")},
        lambda: {"interval": every(10**9, "days")},
        lambda: {"interval": every(-5, "minutes")},
    ],
)
def test_no_time_is_a_500(boss, when):
    fields = when()
    made(**fields, one_off="clocked" in fields)
    assert boss.get(PAGE).status_code == 200


def test_a_schedule_without_any_time_is_a_sentence(boss):
    made()
    PeriodicTask.objects.update(crontab=None)
    assert boss.get(PAGE).status_code == 200


def test_switching_off_and_on(boss):
    task = made()
    answer = boss.post(f"{PAGE}{task.pk}/off/", headers=JSON)
    assert answer.json() == {"status": "off", "changed": True, "schedule": "Limpieza"}
    task.refresh_from_db()
    assert (task.enabled, boss.get(PAGE).context["rows"][0].next.off) == (False, True)
    answer = boss.post(f"{PAGE}{task.pk}/on/", headers=HTML)
    assert (answer.status_code, answer.url) == (302, PAGE)
    task.refresh_from_db()
    assert task.enabled
    assert LogEntry.objects.filter(object_id=task.pk, user__username="jefa").count() == 2


def test_beat_is_told_that_a_schedule_was_switched(boss):
    task = made()
    before = PeriodicTasks.last_change()
    boss.post(f"{PAGE}{task.pk}/off/")
    assert PeriodicTasks.last_change() > before


def test_switching_on_what_is_on_changes_nothing(boss):
    task = made()
    answer = boss.post(f"{PAGE}{task.pk}/on/", headers=JSON)
    assert answer.json()["changed"] is False
    assert not LogEntry.objects.exists()


def test_one_that_was_off_does_not_catch_up_when_it_is_switched_on(boss):
    task = made(enabled=False)
    PeriodicTask.objects.update(date_changed=timezone.now() - timedelta(days=9))
    boss.post(f"{PAGE}{task.pk}/on/")
    task.refresh_from_db()
    at = next_start(task, beating=False).at
    assert at is not None
    assert at > timezone.now()


def test_one_that_cannot_be_saved_is_told_so(boss):
    task = made()
    PeriodicTask.objects.update(crontab=None)
    answer = boss.post(f"{PAGE}{task.pk}/off/", headers=JSON)
    assert answer.status_code == 400
    assert boss.post(f"{PAGE}{task.pk}/off/", headers=HTML).status_code == 400


@pytest.mark.parametrize("act", ["run", "on", "off"])
@pytest.mark.parametrize("number", [0, 999, 10**30])
def test_an_unknown_schedule_is_404(boss, act, number):
    answer = boss.post(f"{PAGE}{number}/{act}/", headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (404, "not_found")


def test_a_periodic_task_of_another_kind_is_not_ours_to_run(boss):
    task = made(task="celery.backend_cleanup")
    assert run_now(boss, task).status_code == 404


def test_a_silent_beat_is_said_with_what_to_do(boss):
    made()
    page = boss.get(PAGE).content.decode()
    assert 'id="beat-silent"' in page
    assert "celery -A sicargabox beat" in page
    beat("beat", "b1")
    assert 'id="beat-silent"' not in boss.get(PAGE).content.decode()


def test_two_beats_are_said_to_be_one_too_many(boss):
    for name in ("b1", "b2"):
        beat("beat", name)
    assert 'id="beat-twice"' in boss.get(PAGE).content.decode()


def test_a_queue_without_a_worker_is_said(boss):
    made()
    assert "worker -Q celery" in boss.get(PAGE).content.decode()
    beat("worker", "w1", ["celery"])
    assert "worker -Q celery" not in boss.get(PAGE).content.decode()


def test_only_who_may_change_a_schedule_sees_its_switch(person, client_of):
    task = made()
    page = client_of(person("view_console")).get(PAGE).content.decode()
    assert "<button" not in page.partition('id="co"')[2]
    client = client_of(person("view_console", "change_periodictask", name="eva"))
    page = client.get(PAGE).content.decode()
    assert f"{PAGE}{task.pk}/off/" in page
    assert f"/admin/django_celery_beat/periodictask/{task.pk}/change/" in page


def test_hostile_names_are_shown_as_text(boss):
    made(name="<script>alert(1)</script>")
    assert "<script>alert(1)" not in boss.get(PAGE).content.decode()
