"""The console's addresses and sockets on a real server, as a browser or a program meets them."""

import json

import pytest
from django.contrib.auth import get_user_model
from websockets.exceptions import ConnectionClosed, InvalidStatus

from admintools.jobs.models import TaskHistory
from micasillero.catalog.seeding import seed
from tests.support.site import ended, run_until
from tests.support.visitor import Visitor

FIELDS = {
    "task_id", "task_name", "job", "status", "progress", "done", "total", "phase", "message",
    "rate", "eta", "epoch", "seq", "attempt", "queue", "queue_position", "initiated_by",
    "created_at", "started_at", "finished_at", "result", "error", "cancel_requested",
}  # fmt: skip


@pytest.fixture
def served(site):
    seed(1000)
    _, url = site.web()
    return url


@pytest.fixture
def boss(served):
    return Visitor(served, get_user_model().objects.create_superuser("boss"))


@pytest.fixture
def stranger(served):
    return Visitor(served)


def rebuilt(boss, headers=None):
    status, told = boss.post("/admin/elasticsearch/rebuild/", headers)
    assert status == 202, told
    return TaskHistory.objects.get(task_id=told["task_id"])


def test_a_click_is_answered_202_at_once(boss):
    status, told = boss.post("/admin/elasticsearch/rebuild/")
    assert (status, told["status"], told["state"], told["queued"]) == (
        202, "started", "PENDING", True,
    )  # fmt: skip
    assert told["run_url"].endswith(f"/admin/elasticsearch/runs/{told['task_id']}/")


def test_with_the_broker_away_the_click_is_kept_and_runs_later(boss, broker, site):
    broker.stop()
    status, told = boss.post("/admin/elasticsearch/rebuild/")
    assert (status, told["queued"]) == (202, False)
    broker.start()
    site.worker("elasticsearch")
    site.dispatch()
    run = TaskHistory.objects.get(task_id=told["task_id"])
    assert run_until(run, ended, timeout=40).status == "SUCCESS"


def test_the_status_of_a_run_has_every_field(boss, site):
    site.worker("elasticsearch")
    run = run_until(rebuilt(boss), ended)
    status, told = boss.get(f"/admin/elasticsearch/task-status/{run.task_id}/")
    assert status == 200
    assert set(told) >= FIELDS
    assert (told["status"], told["progress"], told["task_name"]) == (
        "SUCCESS", 100, "rebuild_elasticsearch_index",
    )  # fmt: skip


def test_the_workers_lines_name_the_run_and_the_click_behind_it(boss, site):
    site.env["LOG_FORMAT"] = "json"
    worker = site.worker("elasticsearch")
    click = "click-a1b2c3d4"
    run = run_until(rebuilt(boss, {"X-Request-ID": click}), ended)
    worker.wait_for_output("task_completed", timeout=10)
    lines = [json.loads(line) for line in worker.output().splitlines() if line.startswith("{")]
    told = [line for line in lines if line["event"] in ("task_started", "task_completed")]
    named = {"run_id": run.pk, "task_id": run.task_id, "attempt": 1, "request_id": click}
    assert [{name: line.get(name) for name in named} for line in told] == [named, named]


def test_nobody_without_a_session_gets_in(stranger):
    assert stranger.post("/admin/elasticsearch/rebuild/")[0] == 401
    assert not TaskHistory.objects.exists()


def test_both_sockets_push_the_whole_run_until_it_ends(boss, site):
    site.worker("elasticsearch")
    with boss.socket("/ws/admin/tasks/") as every:
        run = rebuilt(boss)
        with boss.socket(f"/ws/admin/tasks/{run.task_id}/") as single:
            for opened in (every, single):
                while True:
                    told = json.loads(opened.recv(timeout=20))
                    assert set(told) >= FIELDS
                    assert told["task_id"] == run.task_id
                    if told["status"] == "SUCCESS":
                        break


def test_whoever_joins_late_gets_the_snapshot_first(boss, site):
    site.worker("elasticsearch")
    run = run_until(rebuilt(boss), ended)
    with boss.socket(f"/ws/admin/tasks/{run.task_id}/") as opened:
        assert json.loads(opened.recv(timeout=10))["status"] == "SUCCESS"


def test_a_foreign_page_cannot_open_a_socket(boss):
    with (
        pytest.raises(InvalidStatus) as refusal,
        boss.socket("/ws/admin/tasks/", origin="https://elsewhere.example"),
    ):
        pass
    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize(
    ("who", "path", "code"),
    [
        ("nobody", "/ws/admin/tasks/", 4401),
        ("customer", "/ws/admin/tasks/", 4403),
        ("boss", "/ws/admin/tasks/00000000-0000-0000-0000-000000000000/", 4404),
    ],
)
def test_a_socket_that_is_refused_says_why(served, boss, who, path, code):
    customer = get_user_model().objects.create_user("customer")
    visitor = {"nobody": Visitor(served), "customer": Visitor(served, customer), "boss": boss}[who]
    with visitor.socket(path) as opened, pytest.raises(ConnectionClosed) as closed:
        opened.recv(timeout=10)
    assert closed.value.rcvd.code == code


def test_ready_and_alive(stranger):
    assert stranger.get("/healthz")[0] == 200
    status, told = stranger.get("/readyz")
    assert status in (200, 503)
    assert "database" in json.dumps(told)
