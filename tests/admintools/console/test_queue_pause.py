"""Pausing a queue from the console and from a terminal, and what the pages then say."""

import io
import json

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from admintools.jobs import queues
from admintools.jobs.beats import beat
from admintools.jobs.models import QueuePause, TaskHistory

from .conftest import HTML, JSON

HOME = "/admin/elasticsearch/"
PAUSE = f"{HOME}queues/elasticsearch/pause/"
RESUME = f"{HOME}queues/elasticsearch/resume/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_old_facts():
    queues.forget()
    yield
    queues.forget()


@pytest.fixture
def served():
    for queue in ("elasticsearch", "celery", "learning"):
        beat("worker", f"w-{queue}", [queue])


def told(*arguments):
    out = io.StringIO()
    with translation.override("en"):
        call_command("queues", *arguments, stdout=out)
    return out.getvalue()


def test_a_program_pauses_and_resumes(boss):
    answer = boss.post(PAUSE, {"reason": "Mantenimiento"}, headers=JSON)
    body = answer.json()
    assert answer.status_code == 200
    assert body.pop("paused_at")
    assert body == {
        "status": "paused", "changed": True, "queue": "elasticsearch",
        "paused_by": "jefa", "reason": "Mantenimiento",
    }  # fmt: skip
    answer = boss.post(RESUME, headers=JSON)
    assert answer.json() == {"status": "resumed", "changed": True, "queue": "elasticsearch"}
    assert not QueuePause.objects.exists()


def test_a_program_may_say_why_in_json(boss):
    answer = boss.post(PAUSE, {"reason": "x"}, content_type="application/json", headers=JSON)
    assert answer.json()["reason"] == "x"


@pytest.mark.parametrize("body", ["{", "[1]", '{"reason": '])
def test_a_body_that_is_no_object_is_400(boss, body):
    answer = boss.post(PAUSE, body, content_type="application/json", headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid")
    assert not QueuePause.objects.exists()


@pytest.mark.parametrize("value", [["a"], {"b": 1}, None, 5, "\x00"])
def test_no_reason_is_a_500(boss, value):
    answer = boss.post(
        PAUSE, json.dumps({"reason": value}), content_type="application/json", headers=JSON
    )
    assert answer.status_code == 200


def test_the_one_who_comes_second_hears_who_was_first(boss, person, client_of):
    boss.post(PAUSE, headers=JSON)
    second = client_of(person("pause_queue", "view_console"))
    body = second.post(PAUSE, headers=JSON).json()
    assert (body["changed"], body["paused_by"]) == (False, "jefa")
    page = second.post(PAUSE, headers=HTML, follow=True).content.decode()
    assert "jefa" in page
    second.post(RESUME)
    assert second.post(RESUME, headers=JSON).json()["changed"] is False


def test_a_person_is_led_back_to_the_console(boss):
    for address in (PAUSE, RESUME):
        answer = boss.post(address, headers=HTML)
        assert (answer.status_code, answer.url) == (302, HOME)


@pytest.mark.parametrize("act", ["pause", "resume"])
@pytest.mark.parametrize("name", ["nope", "a%00b", "ELASTICSEARCH", "%ED%A0%80"])
def test_an_unknown_queue_is_404(boss, act, name):
    answer = boss.post(f"{HOME}queues/{name}/{act}/", headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (404, "not_found")


def test_the_log_of_actions_names_who_did_it_once(boss):
    for address in (PAUSE, PAUSE, RESUME, RESUME):
        boss.post(address)
    entries = list(LogEntry.objects.order_by("pk"))
    assert [(e.user.username, e.object_repr) for e in entries] == [("jefa", "elasticsearch")] * 2
    assert entries[0].change_message != entries[1].change_message


def test_a_launch_into_a_paused_queue_is_accepted_and_kept(boss):
    boss.post(PAUSE)
    answer = boss.post(f"{HOME}rebuild/", headers=JSON)
    assert (answer.status_code, answer.json()["queued"]) == (202, False)
    run = TaskHistory.objects.get()
    status = boss.get(f"{HOME}task-status/{run.task_id}/", headers=JSON).json()
    assert (status["state"], status["status"]) == ("paused", "PENDING")
    assert "elasticsearch" in status["texts"]["note"]
    assert status["has_bar"] is False


def test_the_run_page_says_who_paused_its_queue_and_why(boss):
    boss.post(PAUSE, {"reason": "<b>Mantenimiento</b>"})
    boss.post(f"{HOME}rebuild/")
    page = boss.get(TaskHistory.objects.get().get_absolute_url()).content.decode()
    assert "jefa" in page
    assert "&lt;b&gt;Mantenimiento&lt;/b&gt;" in page
    assert "#co-i-pause" in page


def test_home_shows_the_pause_and_offers_its_end(boss, served):
    assert f'action="{PAUSE}"' in boss.get(HOME).content.decode()
    boss.post(PAUSE, {"reason": "Mantenimiento"})
    answer = boss.get(HOME)
    page = answer.content.decode()
    assert '<details class="co-sec co-fold" id="technical" open>' in page
    assert "<q>Mantenimiento</q>" in page
    assert f'action="{RESUME}"' in page
    assert f'action="{PAUSE}"' not in page
    assert any("elasticsearch" in advice for advice in answer.context["headline"].advice)


def test_who_may_not_pause_sees_the_pause_and_no_button(boss, person, client_of):
    boss.post(PAUSE, {"reason": "Mantenimiento"})
    page = client_of(person("view_console")).get(HOME).content.decode()
    assert "Mantenimiento" in page
    assert "/queues/" not in page


def test_the_command_lists_every_queue(make_run):
    make_run(job="trial_count")
    beat("worker", "w1", ["learning"])
    assert "learning: 1 waiting, 0 running, workers: 1" in told("list")
    assert told() == told("list")


def test_the_command_pauses_and_resumes():
    assert "is paused" in told("pause", "learning", "--reason", "Mantenimiento")
    assert "already" in told("pause", "learning")
    assert "paused by manage.py since" in told("list")
    assert "(Mantenimiento)" in told()
    assert "goes on" in told("resume", "learning")
    assert "was not paused" in told("resume", "learning")
    assert "paused" not in told()


def test_the_command_speaks_json():
    told("pause", "learning", "--reason", "x")
    rows = {row["queue"]: row for row in json.loads(told("--json"))["queues"]}
    assert rows["learning"].pop("paused_at") <= timezone.now().isoformat()
    assert rows["learning"] == {
        "queue": "learning", "waiting": 0, "running": 0, "workers": 0, "paused": True,
        "paused_by": "manage.py", "reason": "x",
    }  # fmt: skip
    assert rows["celery"]["paused"] is False


@pytest.mark.parametrize("action", ["pause", "resume"])
def test_the_command_refuses_an_unknown_queue(action):
    with pytest.raises(CommandError, match="learning") as refused:
        told(action, "nope")
    assert refused.value.returncode == 2
