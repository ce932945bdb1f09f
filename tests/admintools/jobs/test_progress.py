import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from admintools.jobs import cancelling, transitions
from admintools.jobs.execution import perform
from admintools.jobs.loglines import add_held
from admintools.jobs.models import LogLine, Status, TaskHistory
from admintools.jobs.progress import Fenced, RunWork
from tests.support.trial.models import Stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick(settings):
    settings.PROGRESS_INTERVAL = 0.05


@pytest.fixture
def work(launched):
    run = launched(items=10)
    return RunWork(transitions.claim(run.pk, 1, worker="w1"))


def row(work):
    return TaskHistory.objects.get(pk=work.run.pk)


def seen(work, condition, seconds=5):
    deadline = time.monotonic() + seconds
    while not condition(row(work)):
        assert time.monotonic() < deadline, vars(row(work))
        time.sleep(0.01)
    return row(work)


def test_the_first_report_is_written_while_the_work_goes_on(work):
    with work:
        work.report(1, 100, "Counted %(n)s", phase="count", n=1)
        run = seen(work, lambda r: r.done == 1)
    assert (run.status, run.total, run.phase) == (Status.PROGRESS, 100, "count")
    assert (run.message, run.message_params) == ("Counted %(n)s", {"n": 1})


def test_a_report_that_was_held_back_is_written_without_another_one(work):
    with work:
        work.report(1, 100, phase="count")
        work.report(2)
        assert seen(work, lambda r: r.done == 2).done == 2


def test_many_reports_make_few_writes(work, settings):
    settings.PROGRESS_INTERVAL = 0.25
    with work:
        began = time.monotonic()
        for n in range(200_000):
            work.report(n, 200_000, phase="count")
        took = time.monotonic() - began
    assert row(work).seq - work.run.seq <= 4 * took + 2


def test_a_report_without_total_or_phase_is_written_too(work):
    with work:
        work.report(7)
        assert seen(work, lambda r: r.done == 7).total is None


def test_one_report_writes_the_row_once(work):
    """Also with the result backend's own bookkeeping, at most four writes a second hold."""
    statements = []

    def note(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "admintools_taskhistory" in sql:
            statements.append(sql)
        return execute(sql, params, many, context)

    work.report(1, 100, phase="count")
    with connection.execute_wrapper(note):
        work._writer._write(work._reported)
    assert len(statements) == 1


def test_a_body_that_logs_without_a_pause_does_not_stop_the_heartbeat(work, settings):
    settings.HEARTBEAT_SECONDS = 0.1
    with work:
        before = row(work).heartbeat_at
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            work.note("Line after line")
        assert row(work).heartbeat_at > before


def test_done_never_falls_within_an_attempt(work):
    with work:
        work.report(50, 100, phase="count")
        work.report(3)
        assert work.last()["done"] == 50


def test_a_report_inside_the_works_own_transaction_does_not_ride_on_it(work):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the progress waits for the end of the transaction")
    found = []

    def look_for_five():
        found.append(seen(work, lambda r: r.done == 5))
        connection.close()

    with work, transaction.atomic():
        LogLine.objects.create(run=work.run, at="2026-01-01T00:00Z", text="held")
        work.report(5, 10, phase="count")
        look = threading.Thread(target=look_for_five)
        look.start()
        look.join()
    assert found


def test_the_phases_are_kept_with_their_seconds(work):
    with work:
        work.report(0, 10, phase="count")
        time.sleep(0.06)
        work.report(10, 10, phase="rest")
    first, second = work.last()["timeline"]
    assert (first["slug"], second["slug"]) == ("count", "rest")
    assert 0.05 < first["seconds"] < 2


def test_a_run_that_was_taken_away_stops_the_work(work):
    with work:
        TaskHistory.objects.filter(pk=work.run.pk).update(epoch=9)
        with pytest.raises(Fenced):
            work.confirm()
        with pytest.raises(Fenced):
            work.report(1)
        with pytest.raises(Fenced):
            work.should_stop()


def test_a_fenced_writer_changes_nothing(work):
    with work:
        TaskHistory.objects.filter(pk=work.run.pk).update(epoch=9, done=77)
        work.report(5, 10, phase="count")
        time.sleep(0.3)
    assert (row(work).done, row(work).epoch) == (77, 9)


def test_the_lines_of_a_fenced_writer_are_not_written(work):
    line = LogLine(run=work.run, at=timezone.now(), text="late", params={"n": 1})
    TaskHistory.objects.filter(pk=work.run.pk).update(epoch=9)
    assert not add_held([line], work.run.pk, work.run.epoch)
    assert not LogLine.objects.exists()


def test_lines_are_written_with_all_they_say(work):
    told = {"at": timezone.now(), "level": "error", "text": "é 'x' %s", "item": "85", "code": "c"}
    lines = [LogLine(run=work.run, params={"n": n, "é": None}, **told) for n in range(3)]
    assert add_held(lines, work.run.pk, work.run.epoch)
    stored = list(LogLine.objects.order_by("id"))
    assert [line.pk for line in lines] == [line.pk for line in stored]
    assert [line.params for line in stored] == [{"n": n, "é": None} for n in range(3)]
    assert {name: getattr(stored[0], name) for name in told} == told


def test_the_heartbeat_goes_on_while_the_work_says_nothing(work, settings):
    settings.HEARTBEAT_SECONDS = 0.1
    with work:
        before = row(work).heartbeat_at
        seen(work, lambda r: r.heartbeat_at > before)


def test_a_cancel_reaches_the_work(work):
    with work:
        assert not work.should_stop()
        cancelling.request_cancel(row(work), by="ana")
        deadline = time.monotonic() + 5
        while not work.should_stop():
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_log_lines_are_kept_in_order_and_scrubbed(work):
    with work:
        for number in range(700):
            work.note("Line %(n)s of %(url)s", n=number, url="http://a:hidden@b/")
    lines = list(LogLine.objects.filter(run=work.run).values_list("params", flat=True))
    assert [line["n"] for line in lines] == list(range(700))
    assert lines[0]["url"] == "http://***@b/"


def test_an_attempt_ends_with_its_last_report(launched):
    run = launched(items=10)
    ended = perform(run.pk, 1, worker="w1")
    assert (ended.status, ended.done, ended.total, ended.phase) == (
        Status.SUCCESS, 10, 10, "count",
    )  # fmt: skip
    assert ended.attempts.get().outcome == "succeeded"


def test_a_dropped_message_performs_nothing(launched):
    run = launched()
    assert perform(run.pk, 2, worker="w1") is None
    run.refresh_from_db()
    assert run.status == Status.PENDING


def stored(work, item):
    """As a resumable job does: the item and its checkpoint in one transaction."""
    with transaction.atomic():
        Stored.objects.create(task_id=work.run.task_id, item=item, epoch=work.run.epoch)
        work.keep(item)


def test_another_attempt_goes_on_after_what_was_stored(work):
    stored(work, 1)
    stored(work, 2)
    transitions.give_back(work.run, **work.last())
    again = RunWork(transitions.claim(work.run.pk, 2, worker="w2"))
    assert (again.resumed_from, row(again).done, again.last()["done"]) == (2, 2, 2)
    assert [a.resumed_from for a in again.run.attempts.all()] == [2, 0]


def test_what_was_stored_counts_as_reached_though_nobody_reported_it(work):
    stored(work, 1)
    TaskHistory.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert transitions.reap(row(work))
    assert work.run.attempts.get().reached == 1


def test_what_a_fenced_worker_stores_rolls_back(work):
    stored(work, 1)
    TaskHistory.objects.update(epoch=work.run.epoch + 1)
    with pytest.raises(Fenced):
        stored(work, 2)
    assert [s.item for s in Stored.objects.all()] == [1]
    assert row(work).checkpoint == 1
    with pytest.raises(Fenced):
        work.report(3)


def test_keeping_renews_the_lease(work):
    TaskHistory.objects.update(lease_expires_at=timezone.now())
    stored(work, 1)
    assert row(work).lease_expires_at > timezone.now()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL: make test has one")
def test_who_stands_still_within_a_transaction_holds_its_rows_for_a_minute_at_most():
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("1min",)
