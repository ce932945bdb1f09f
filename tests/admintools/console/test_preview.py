"""What a launch would do, told before it is made."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_results.models import TaskResult

from admintools.jobs import estimate, queues
from admintools.jobs.beats import beat
from admintools.jobs.models import LogLine, QueuePause, TaskHistory
from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.models import Manifest, ManifestLine
from micasillero.events.models import Event, RawBatch
from micasillero.quality.models import AskedQuery

from .conftest import HTML, JSON

CLEANUP = "/admin/elasticsearch/launch/cleanup/preview/"
REBUILD = "/admin/elasticsearch/launch/rebuild_index/preview/"


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(queues, "PAUSES_FRESH_FOR", -1.0)
    monkeypatch.setattr(estimate, "PAST_FRESH_FOR", -1.0)


def told(client, address, fields=None):
    answer = client.get(address, fields or {}, headers=JSON)
    assert answer.status_code == 200, answer.content
    return answer.json()


def old_run(make_run, days, lines=0):
    at = timezone.now() - timedelta(days=days)
    run = make_run(job="import_catalog", status="SUCCESS", started_at=at, finished_at=at)
    LogLine.objects.bulk_create(LogLine(run=run, at=at, text="x") for _ in range(lines))
    return run


def past_rebuilds(make_run, *seconds):
    now = timezone.now()
    for took in seconds:
        started = now - timedelta(seconds=took)
        make_run(status="SUCCESS", started_at=started, finished_at=now)


def test_a_rebuild_says_how_many_lines_it_indexes(boss):
    for code in ("0101.21.00.00", "0101.29.00.00"):
        PartidaArancelaria.objects.create(item_no=code, descripcion="Caballo", is_leaf=True)
    PartidaArancelaria.objects.create(item_no="0101", descripcion="Caballos")
    answer = told(boss, REBUILD)
    assert (answer["status"], answer["items"], answer["deletes"]) == ("ready", 2, 0)


def test_a_rebuild_of_nothing_is_said_to_be_that(boss):
    answer = told(boss, REBUILD)
    assert answer["status"] == "nothing"
    assert answer["refusal"]


def test_cleanup_counts_what_its_own_run_would_delete(boss, make_run):
    old_run(make_run, 100, lines=3)
    old_run(make_run, 40, lines=2)
    old_run(make_run, 10, lines=1)
    figures = [f["value"] for f in told(boss, CLEANUP)["figures"]]
    assert figures == ["1", "5"]
    shorter = {"keep_runs_days": "30", "keep_log_days": "60"}
    answer = told(boss, CLEANUP, shorter)
    # The two old runs go with all their lines, young lines of theirs included.
    assert [f["value"] for f in answer["figures"]] == ["2", "5"]
    assert answer["deletes"] == answer["items"] == 7


def test_cleanup_says_what_else_is_too_old(boss):
    long_ago = timezone.now() - timedelta(days=400)
    AskedQuery.objects.create(folded="tenis", text="tenis", first_at=long_ago, last_at=long_ago)
    manifest = Manifest.objects.create(name="Lunes")
    Manifest.objects.update(created_at=long_ago)
    ManifestLine.objects.create(manifest=manifest, position=1, text="tenis")
    answer = told(boss, CLEANUP)
    labels = {f["label"]: f["value"] for f in answer["figures"]}
    assert (labels["Búsquedas por olvidar"], labels["Manifiestos por borrar"]) == ("1", "1")
    assert answer["deletes"] == 3


def test_cleanup_says_how_many_events_go_and_how_many_lose_who_it_was(boss):
    now = timezone.now()
    for days in (100, 40, 5):
        at = now - timedelta(days=days)
        Event.objects.create(
            client="web", type="search", person="p", occurred_at=at, received_at=at
        )
    RawBatch.objects.create(
        client="web", events=[], size=0, state="stored", received_at=now - timedelta(days=8)
    )
    answer = told(boss, CLEANUP)
    figures = {f["label"]: (f["value"], f["hint"]) for f in answer["figures"]}
    assert figures["Eventos por borrar"] == ("1", "de hace más de 90 días")
    assert figures["Lotes de eventos por borrar"] == ("1", "de hace más de 7 días")
    assert figures["Eventos por vaciar de datos personales"] == ("2", "de hace más de 30 días")
    assert answer["deletes"] == 2


def test_looking_deletes_nothing(boss, make_run):
    old_run(make_run, 100, lines=3)
    TaskResult.objects.create(task_id="x", status="SUCCESS")
    before = TaskHistory.objects.count(), LogLine.objects.count(), TaskResult.objects.count()
    told(boss, CLEANUP)
    boss.get("/admin/elasticsearch/launch/cleanup/")
    assert before == (
        TaskHistory.objects.count(), LogLine.objects.count(), TaskResult.objects.count(),
    )  # fmt: skip


@pytest.mark.parametrize("value", ["0", "-3", "x", "1.5", "9" * 40])
def test_a_field_that_cannot_be_has_no_estimate(boss, value):
    answer = boss.get(CLEANUP, {"keep_runs_days": value}, headers=JSON)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["keep_runs_days"]
    page = boss.get(CLEANUP, {"keep_runs_days": value}, headers=HTML)
    assert page.status_code == 400
    assert 'data-state="error"' in page.content.decode()
    assert "Keep runs" in page.content.decode() or "Conservar ejecuciones" in page.content.decode()


def test_a_program_may_post_the_fields_as_json(boss):
    answer = boss.post(CLEANUP, {"keep_runs_days": 5}, "application/json", headers=JSON)
    assert answer.status_code == 200
    broken = boss.post(CLEANUP, "{", "application/json", headers=JSON)
    assert (broken.status_code, broken.json()["status"]) == (400, "invalid")


def test_the_confirmation_is_not_asked_for_a_look(boss):
    told(boss, CLEANUP)
    assert told(boss, "/admin/elasticsearch/launch/rollback_index/preview/")["status"] == "nothing"


def test_the_duration_comes_from_past_runs(boss, make_run):
    assert told(boss, REBUILD)["duration"] is None
    past_rebuilds(make_run, 61, 68)
    answer = told(boss, REBUILD)
    assert (answer["duration"], answer["past_runs"]) == (None, 2)
    past_rebuilds(make_run, 95)
    duration = told(boss, REBUILD)["duration"]
    assert 50 <= duration["low"] < 68 < duration["high"] <= 100


def test_the_queue_is_told_as_it_is(boss, make_run):
    assert told(boss, REBUILD)["queue"]["workers"] == 0
    beat("worker", "w1", ["elasticsearch"])
    make_run()
    QueuePause.objects.create(queue="elasticsearch", paused_by="ana")
    assert told(boss, REBUILD)["queue"] == {
        "name": "elasticsearch", "waiting": 1, "running": 0, "workers": 1, "paused": True,
    }  # fmt: skip


def test_the_page_names_the_command_where_no_worker_listens(boss):
    page = boss.get(REBUILD, headers=HTML).content.decode()
    assert "celery -A sicargabox worker -Q elasticsearch" in page


def test_what_works_on_the_same_thing_is_named_with_its_address(boss, make_run):
    running = make_run(job="import_catalog")
    TaskHistory.objects.filter(pk=running.pk).update(resource="index")
    assert told(boss, REBUILD)["conflict"]["run_url"] == running.get_absolute_url()
    assert running.get_absolute_url() in boss.get(REBUILD, headers=HTML).content.decode()
    assert told(boss, CLEANUP)["conflict"] is None


def test_the_page_has_the_figures_before_any_script_runs(boss, make_run):
    old_run(make_run, 100, lines=3)
    page = boss.get("/admin/elasticsearch/launch/cleanup/").content.decode()
    fragment = boss.get(CLEANUP, headers=HTML).content.decode()
    for part in ("conflict", "summary", "impact"):
        assert page.count(f'data-part="{part}"') == fragment.count(f'data-part="{part}"') == 1
    assert "<b>1</b>" in page
    assert "<b>3</b>" in page


def test_hostile_fields_come_back_as_text(boss):
    hostile = "<script>alert(1)</script>"
    page = boss.get(REBUILD, {"engine": hostile}, headers=HTML).content.decode()
    assert hostile not in page


def test_a_job_with_a_page_of_its_own_has_no_preview(boss):
    assert boss.get("/admin/elasticsearch/launch/import_catalog/preview/").status_code == 404
