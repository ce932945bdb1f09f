"""The rebuild through the queue: a launch, a worker, an alias that moves."""

import json
import os
import signal
import time

import pytest
from celery.result import AsyncResult

from admintools.jobs.cancelling import request_cancel
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status
from micasillero.catalog.models import PartidaArancelaria
from micasillero.catalog.seeding import seed
from micasillero.search.engines import get_engine
from micasillero.search.query import search
from tests.support.clocks import at_most
from tests.support.site import ended, run_until

BY_TEST = Initiator(Source.CONSOLE, name="ana")


def rebuild():
    return launch("rebuild_index", initiator=BY_TEST)


@pytest.fixture
def lines(site):
    """A thousand lines, and a handful that a person would search for."""
    seed(1000)
    PartidaArancelaria.objects.create(
        item_no="6404.11.00.00", descripcion="Tenis para correr", is_leaf=True
    )


@pytest.fixture
def many_lines(site, request):
    """So many that a rebuild has a middle."""
    named = "engine" in request.fixturenames
    slower = named and request.getfixturevalue("engine") == "elasticsearch"
    seed(10_000 if slower else 30_000)


def test_a_rebuild_through_the_queue_ends_verified_and_searchable(site, engine, lines):
    site.worker("elasticsearch")
    run = run_until(rebuild(), ended, timeout=60)
    assert (run.status, run.error_message, run.percent) == (Status.SUCCESS, "", 100)
    assert (run.result["documents"], run.result["engine"], run.result["verified"]) == (
        1001, engine, True,
    )  # fmt: skip
    assert run.result["time"].endswith("s")
    assert AsyncResult(run.task_id).result == run.result
    assert [phase["slug"] for phase in run.timeline] == [
        "prepare", "index", "replay", "verify", "swap",
    ]  # fmt: skip
    assert search("tenis").as_json()["hits"][0]["code"] == "6404.11.00.00"


def test_a_worker_killed_mid_rebuild_costs_an_attempt_and_nothing_else(site, engine, many_lines):
    """Row 1 of the fault matrix: the live index serves, the next attempt starts over."""
    PartidaArancelaria.objects.create(
        item_no="6404.11.00.00", descripcion="Tenis para correr", is_leaf=True
    )
    worker = site.worker("elasticsearch")
    site.dispatch()
    first = run_until(rebuild(), ended, timeout=60)
    served = get_engine().live_index()
    run = rebuild()
    run_until(run, lambda r: r.phase == "index" and r.done > 0)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.kill()
    assert get_engine().live_index() == served
    assert search("tenis").as_json()["hits"]
    site.worker("elasticsearch", name="w2")
    run = run_until(run, ended, timeout=at_most(60))
    assert (run.status, run.attempt, run.losses) == (Status.SUCCESS, 2, 1)
    assert run.result["documents"] == first.result["documents"]
    left = [index.name for index in get_engine().indices()]
    assert sorted(left) == sorted([run.result["index"], served])


def test_a_cancelled_rebuild_leaves_the_live_index_and_nothing_half_built(site, engine, many_lines):
    site.worker("elasticsearch")
    run_until(rebuild(), ended, timeout=60)
    served = get_engine().live_index()
    run = rebuild()
    run_until(run, lambda r: r.phase == "index" and r.done > 0)
    request_cancel(run, by="ana")
    run = run_until(run, ended, timeout=20)
    assert run.status == Status.REVOKED
    assert [index.name for index in get_engine().indices()] == [served]


def test_a_rollback_swaps_back_with_todays_data(site, engine, lines):
    site.worker("elasticsearch")
    first = run_until(rebuild(), ended, timeout=60)
    run_until(rebuild(), ended, timeout=60)
    PartidaArancelaria.objects.create(
        item_no="9503.00.00.00", descripcion="Muñecas de trapo", is_leaf=True
    )
    run = run_until(launch("rollback_index", initiator=BY_TEST), ended, timeout=60)
    assert (run.status, run.error_message) == (Status.SUCCESS, "")
    assert get_engine().live_index() == first.result["index"]
    assert search("muñecas").as_json()["hits"][0]["code"] == "9503.00.00.00"


def test_a_rollback_without_a_previous_index_fails_with_a_sentence(site, engine, lines):
    site.worker("elasticsearch")
    run_until(rebuild(), ended, timeout=60)
    run = run_until(launch("rollback_index", initiator=BY_TEST), ended, timeout=60)
    assert (run.status, run.error_code) == (Status.FAILURE, "no_previous_index")


def test_a_change_is_searchable_within_two_seconds(site, engine, lines):
    site.worker("elasticsearch")
    sync = site.sync_index()
    run_until(rebuild(), ended, timeout=60)
    PartidaArancelaria.objects.filter(item_no="6404.11.00.00").update(descripcion="Pantuflas")
    began = time.monotonic()
    while not search("pantuflas").as_json()["hits"]:
        assert time.monotonic() - began < 2, sync.tail()
        time.sleep(0.05)


def test_an_index_that_is_away_fails_the_run_after_its_attempts(site, lines, settings):
    """Row 17 in its simplest form: nobody answers at the address."""
    site.env["SEARCH_ENGINE"] = "elasticsearch"
    site.env["ELASTICSEARCH_URL"] = "http://127.0.0.1:1"
    site.worker("elasticsearch")
    site.dispatch()
    run = run_until(rebuild(), ended, timeout=60)
    assert (run.status, run.error_code, run.attempt) == (Status.FAILURE, "unavailable", 5)


def test_the_command_rebuilds_inline_without_any_broker(site, engine, lines, broker):
    broker.stop()
    command = site.manage("rebuild_index", "--json")
    assert command.wait(timeout=60) == 0, command.tail()
    told = json.loads(command.output().strip().splitlines()[-1])
    assert set(told) == {
        "task_id", "status", "engine", "index", "documents", "seconds", "verified",
    }  # fmt: skip
    assert (told["status"], told["documents"], told["engine"]) == ("SUCCESS", 1001, engine)


def test_the_command_follows_a_run_of_the_queue(site, lines):
    site.worker("elasticsearch")
    command = site.manage("rebuild_index", "--follow", "--json")
    assert command.wait(timeout=60) == 0, command.tail()
    assert json.loads(command.output().strip().splitlines()[-1])["documents"] == 1001


def test_the_command_says_who_is_running_already(site, lines):
    rebuild()
    command = site.manage("rebuild_index")
    assert command.wait(timeout=60) == 3
    assert "inició ana" in command.output()


def test_ctrl_c_cancels_the_command_and_removes_the_half_built_index(site, many_lines):
    command = site.manage("rebuild_index")
    command.wait_until(lambda: "Index" in command.output(), "indexing", timeout=30)
    command.send(signal.SIGINT)
    assert command.wait(timeout=30) == 130, command.tail()
    assert get_engine().indices() == []


def test_a_wrong_option_is_a_usage_error(site):
    command = site.manage("rebuild_index", "--engine", "sphinx")
    assert command.wait(timeout=60) == 2
