"""Row 16 of the fault matrix: the database cuts every connection while a run is at work."""

import threading
import time

import psycopg2
import pytest
from django.db import connection

from admintools.jobs import transitions
from admintools.jobs.beats import Pulse
from admintools.jobs.dispatch import Dispatcher
from admintools.jobs.execution import perform
from admintools.jobs.models import LogLine, ProcessBeat, Status, TaskHistory
from admintools.jobs.progress import RunWork
from admintools.jobs.registry import registry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick(settings):
    settings.PROGRESS_INTERVAL = settings.HEARTBEAT_SECONDS = 0.05


@pytest.fixture
def cut():
    """Ends every other session of the database, as its restart would."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server that could cut a connection")
    described = connection.settings_dict
    operator = psycopg2.connect(
        host=described["HOST"], port=described["PORT"], user=described["USER"],
        password=described["PASSWORD"], dbname=described["NAME"],
    )  # fmt: skip
    operator.autocommit = True

    def cut_all():
        with operator.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        time.sleep(0.05)

    yield cut_all
    operator.close()
    connection.close()


@pytest.fixture
def body(monkeypatch):
    """Makes a function the body of trial_count."""
    wire = registry.get("trial_count").wire_name
    return lambda function: monkeypatch.setitem(registry._bodies, wire, function)


def eventually(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_end_is_written_though_the_connection_died_during_the_work(launched, cut, body):
    def work_while_it_restarts(work):
        cut()
        return {"counted": 1}

    body(work_while_it_restarts)
    run = launched()
    ended = perform(run.pk, 1, worker="w1")
    assert (ended.status, ended.result) == (Status.SUCCESS, {"counted": 1})


def test_a_body_that_loses_the_database_is_tried_again(launched, cut, body):
    def look_at_the_database(work):
        cut()
        TaskHistory.objects.count()

    body(look_at_the_database)
    run = launched()
    ended = perform(run.pk, 1, worker="w1")
    assert (ended.status, ended.attempt, ended.error_code) == (Status.RETRY, 2, "database")


def test_progress_goes_on_after_the_cut(launched, cut):
    work = RunWork(transitions.claim(launched().pk, 1, worker="w1"))
    with work:
        work.report(1, 100, phase="count")
        time.sleep(0.2)
        cut()
        connection.close()
        work.report(2)
        eventually(lambda: TaskHistory.objects.get(pk=work.run.pk).done == 2)


def test_the_last_log_lines_survive_the_cut(launched, cut):
    work = RunWork(transitions.claim(launched().pk, 1, worker="w1"))
    with work:
        work.report(1, 100, phase="count")
        time.sleep(0.2)
        cut()
        work.note("The last word")
    connection.close()
    assert LogLine.objects.get(run=work.run).text == "The last word"


def test_the_dispatcher_goes_on_after_the_cut(launched, cut):
    turns = []

    def stop(_seconds):
        turns.append(None)
        if len(turns) == 2:
            cut()
        return len(turns) == 5

    Dispatcher().run(stop)
    connection.close()
    assert len(turns) == 5
    assert not ProcessBeat.objects.exists()


def test_a_pulse_goes_on_after_the_cut(transactional_db, cut, monkeypatch):
    monkeypatch.setattr("admintools.jobs.beats.BEAT_EVERY", 0.05)
    pulse = Pulse("worker", "worker@test")
    pulse.start()
    eventually(lambda: ProcessBeat.objects.exists())
    cut()
    connection.close()
    seen = ProcessBeat.objects.get().beat_at
    eventually(lambda: ProcessBeat.objects.get().beat_at > seen)
    pulse.stop()
    assert not any(t.name == "pulse-worker" for t in threading.enumerate())


def test_a_database_that_hangs_stops_the_work(launched, cut, monkeypatch):
    """The writer hangs in the database and cannot say so: the work looks for itself."""
    from admintools.jobs.progress import Fenced

    monkeypatch.setattr("admintools.jobs.progress.SILENCE_LIMIT", 0.3)
    work = RunWork(transitions.claim(launched().pk, 1, worker="w1"))
    with work:
        work.report(1, 100, phase="count")
        eventually(lambda: TaskHistory.objects.get(pk=work.run.pk).done == 1)
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE admintools_taskhistory IN ACCESS EXCLUSIVE MODE")
            time.sleep(0.6)
            with pytest.raises(Fenced):
                work.should_stop()
            cursor.execute("ROLLBACK")
