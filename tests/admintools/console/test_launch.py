"""Launching by button and by program. No broker runs in these tests: a run is kept, not sent."""

import json
import re
from urllib.parse import urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from admintools.console.responses import started
from admintools.jobs.models import TaskHistory

from .conftest import HTML, JSON

REBUILD = "/admin/elasticsearch/rebuild/"
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_program_is_told_202_and_where_the_run_is(boss):
    answer = boss.post(REBUILD, headers=JSON)
    run = TaskHistory.objects.get()
    assert answer.status_code == 202
    assert answer.json() == {
        "status": "started",
        "state": "PENDING",
        "queued": False,
        "task_id": run.task_id,
        "run_url": f"/admin/elasticsearch/runs/{run.task_id}/",
    }
    assert run.task_name == "rebuild_elasticsearch_index"


def test_the_answer_is_what_was_accepted_however_quick_the_worker_was(boss):
    boss.post(REBUILD, headers=JSON)
    run = TaskHistory.objects.get()
    run.status = "STARTED"
    assert json.loads(started(run).content)["state"] == "PENDING"


def test_a_person_is_led_to_the_run(boss):
    answer = boss.post(REBUILD, headers=HTML)
    assert answer.status_code == 302
    assert answer.url == TaskHistory.objects.get().get_absolute_url()
    assert boss.get(answer.url).status_code == 200


def test_the_run_and_the_log_of_actions_name_who_launched_it(boss):
    boss.post(REBUILD)
    run = TaskHistory.objects.get()
    assert (run.initiated_by, run.source) == ("jefa", "console")
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.user.get_username()) == (str(run.pk), "jefa")


def test_a_second_launch_is_a_conflict_that_names_the_first(boss):
    first = boss.post(REBUILD, headers=JSON).json()["task_id"]
    answer = boss.post(REBUILD, headers=JSON)
    assert answer.status_code == 409
    told = answer.json()
    assert (told["status"], told["task_id"]) == ("conflict", first)
    assert told["detail"]
    assert TaskHistory.objects.count() == 1
    assert LogEntry.objects.count() == 1


def test_a_rollback_is_in_the_way_of_a_rebuild(boss):
    boss.post("/admin/elasticsearch/rollback/", {"confirm": "on"}, headers=JSON)
    answer = boss.post(REBUILD, headers=HTML)
    assert answer.status_code == 409
    running = TaskHistory.objects.get()
    assert f'href="{running.get_absolute_url()}"' in answer.content.decode()


def test_a_field_that_cannot_be_is_named(boss):
    answer = boss.post(REBUILD, {"engine": "grep"}, headers=JSON)
    assert answer.status_code == 400
    told = answer.json()
    assert told["status"] == "invalid"
    assert list(told["errors"]) == ["engine"]
    assert not TaskHistory.objects.exists()
    page = boss.post(REBUILD, {"engine": "grep"}, headers=HTML)
    assert page.status_code == 400
    assert "grep" in page.content.decode()


def test_a_json_body_serves_as_well_as_a_form(boss):
    answer = boss.post(REBUILD, {"engine": "tantivy"}, "application/json", headers=JSON)
    assert answer.status_code == 202
    assert TaskHistory.objects.get().parameters == {"engine": "tantivy"}


@pytest.mark.parametrize("body", ["{", "[]", "3", '"x"', "[" * 5000])
def test_a_broken_json_body_is_400(boss, body):
    answer = boss.post(REBUILD, body, "application/json", headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid")


def test_the_form_shows_where_it_posts_to(boss):
    page = boss.get("/admin/elasticsearch/launch/rebuild_index/").content.decode()
    assert f'action="{REBUILD}"' in page
    assert "csrfmiddlewaretoken" in page


def test_a_job_that_is_not_there_is_404(boss):
    assert boss.get("/admin/elasticsearch/launch/keywords/").status_code == 404


NO_PREVIOUS = "No hay un índice anterior al cual volver."


def hidden(page):
    """Of each part that launches, the confirmation and the button, whether it is hidden."""
    return [
        " hidden" in tag for tag in re.findall(r"<(?:div|button)\b[^>]*data-launches[^>]*>", page)
    ]


def test_what_would_do_nothing_is_not_offered_and_another_choice_can_bring_it_back(boss):
    page = boss.get("/admin/elasticsearch/launch/rollback_index/").content.decode()
    assert NO_PREVIOUS in page
    assert hidden(page) == [True, True]
    page = boss.get("/admin/elasticsearch/launch/cleanup/").content.decode()
    assert hidden(page) == [False, False]


def test_a_press_on_the_form_that_would_do_nothing_is_answered_with_the_reason(boss):
    fields = {"confirm": "on", "from_form": "1"}
    answer = boss.post("/admin/elasticsearch/rollback/", fields, headers=HTML)
    assert answer.status_code == 400
    assert answer.context["form"].non_field_errors() == [NO_PREVIOUS]
    assert not TaskHistory.objects.exists()


def test_an_import_is_launched_from_its_own_page(boss):
    answer = boss.get("/admin/elasticsearch/launch/import_catalog/")
    assert urlsplit(answer.url).path == reverse("admin:console_import")
