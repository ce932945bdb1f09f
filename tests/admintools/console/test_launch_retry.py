"""Launching again what ended: as it was, or with other parameters."""

import pytest

from admintools.jobs.models import TaskHistory

from .conftest import HTML, JSON

CLEANUP = "/admin/elasticsearch/cleanup/"
FORM = "/admin/elasticsearch/launch/cleanup/"
CONFIRMED = {"confirm": "CONFIRM"}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ended(make_run):
    return make_run(job="cleanup", status="FAILURE", parameters={"keep_runs_days": 17})


def retry_of(run):
    return f"/admin/elasticsearch/task-retry/{run.task_id}/"


def test_the_form_comes_filled_in_and_says_whose_values_they_are(boss, ended):
    page = boss.get(FORM, {"retry_of": ended.task_id}).content.decode()
    assert 'name="keep_runs_days" value="17"' in page
    assert f'name="retry_of" value="{ended.task_id}"' in page
    assert f'href="{ended.get_absolute_url()}"' in page


def test_no_parameter_confirms_by_itself(boss, make_run):
    run = make_run(job="cleanup", status="FAILURE", parameters={"confirm": "CONFIRM"})
    page = boss.get(FORM, {"retry_of": run.task_id}).content.decode()
    assert 'value="CONFIRM"' not in page


def test_what_was_edited_is_launched_as_a_retry(boss, ended):
    fields = {"keep_runs_days": "5", "retry_of": ended.task_id, **CONFIRMED}
    assert boss.post(CLEANUP, fields, headers=HTML).status_code == 302
    again = TaskHistory.objects.latest("id")
    assert (again.retry_of, again.parameters) == (ended, {"keep_runs_days": 5})


def test_either_run_links_to_the_other(boss, ended):
    boss.post(CLEANUP, {"retry_of": ended.task_id, **CONFIRMED}, headers=HTML)
    again = TaskHistory.objects.latest("id")
    for one, other in ((ended, again), (again, ended)):
        page = boss.get(one.get_absolute_url()).content.decode()
        assert f'<a href="{other.get_absolute_url()}">#{other.pk}</a>' in page


@pytest.mark.parametrize("whose", ["nobody's", "another job's", "an active one's"])
def test_what_cannot_be_retried_is_said_before_and_after(boss, make_run, whose):
    task_id = {
        "nobody's": lambda: "no-such-run",
        "another job's": lambda: make_run(status="FAILURE").task_id,
        "an active one's": lambda: make_run(job="cleanup").task_id,
    }[whose]()
    runs = TaskHistory.objects.count()
    answer = boss.post(CLEANUP, {"retry_of": task_id, **CONFIRMED}, headers=JSON)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["retry_of"]
    assert boss.get(FORM, {"retry_of": task_id}).status_code == 404
    assert TaskHistory.objects.count() == runs


@pytest.mark.parametrize("odd", ["\x00", "x" * 5000, "<b>", "ñ"])
def test_an_odd_id_is_an_unknown_one(boss, odd):
    answer = boss.post(CLEANUP, {"retry_of": odd, **CONFIRMED}, headers=HTML)
    assert answer.status_code == 400
    assert boss.get(FORM, {"retry_of": odd}).status_code == 404


def test_naming_a_run_to_retry_asks_for_that_permission(person, client_of, ended):
    client = client_of(person("launch_cleanup"))
    fields = {"retry_of": ended.task_id, **CONFIRMED}
    assert client.post(CLEANUP, fields, headers=JSON).status_code == 403
    assert client.get(FORM, {"retry_of": ended.task_id}).status_code == 403
    assert client.post(CLEANUP, CONFIRMED, headers=JSON).status_code == 202


def test_retrying_is_launching_and_asks_for_that_permission_too(person, client_of, make_run):
    run = make_run(status="FAILURE")
    client = client_of(person("retry_run", "view_console"))
    assert client.post(retry_of(run), headers=JSON).status_code == 403
    page = client.get(run.get_absolute_url()).content.decode()
    assert "task-retry" not in page
    assert "retry_of" not in page
    both = client_of(person("retry_run", "launch_rebuild_index", name="eva"))
    assert both.post(retry_of(run), headers=JSON).status_code == 202


def test_one_press_does_not_skip_a_confirmation(boss, ended):
    page = boss.get(ended.get_absolute_url()).content.decode()
    assert "task-retry" not in page
    assert f"{FORM}?retry_of={ended.task_id}" in page
    answer = boss.post(retry_of(ended), headers=JSON)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["confirm"])
    led = boss.post(retry_of(ended), headers=HTML)
    assert led.url == f"{FORM}?retry_of={ended.task_id}"
    assert boss.get(led.url).status_code == 200


def test_a_program_confirms_a_retry_as_it_confirms_a_launch(boss, ended):
    answer = boss.post(retry_of(ended), CONFIRMED, "application/json", headers=JSON)
    assert answer.status_code == 202
    again = TaskHistory.objects.latest("id")
    assert (again.retry_of, again.parameters) == (ended, {"keep_runs_days": 17})


def test_parameters_that_no_longer_fit_are_named(boss, make_run):
    run = make_run(status="FAILURE", parameters={"engine": "elasticsearch"})
    answer = boss.post(retry_of(run), headers=JSON)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["engine"])


def test_a_run_that_succeeded_is_repeated_through_its_form(boss, make_run):
    run = make_run(status="SUCCESS")
    page = boss.get(run.get_absolute_url()).content.decode()
    assert f"/admin/elasticsearch/launch/rebuild_index/?retry_of={run.task_id}" in page
    assert "task-retry" not in page


def test_a_job_without_a_form_is_retried_with_a_press(boss, make_run):
    run = make_run(job="undo_import", status="FAILURE", parameters={"batch": 3})
    assert "task-retry" in boss.get(run.get_absolute_url()).content.decode()
    assert boss.post(retry_of(run), headers=JSON).status_code == 202
    assert TaskHistory.objects.latest("id").parameters == {"batch": 3}
