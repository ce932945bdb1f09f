"""Rows and values that nobody planned for must not stop the engine."""

from datetime import timedelta

import pytest
from django.utils import timezone

from admintools.jobs import transitions
from admintools.jobs.dispatch import Dispatcher
from admintools.jobs.execution import perform
from admintools.jobs.models import LogLine, Status, TaskHistory
from admintools.jobs.sources import RunSource

LONG_AGO = timedelta(days=1)


def change(run, **values):
    TaskHistory.objects.filter(pk=run.pk).update(**values)


def test_a_run_of_a_job_that_is_gone_ends_and_blocks_nobody(launched):
    run = launched()
    change(run, job="gone", created_at=timezone.now() - LONG_AGO)
    RunSource().send_due()
    run.refresh_from_db()
    assert (run.status, run.error_code) == (Status.FAILURE, "unknown_job")
    assert not TaskHistory.objects.due().exists()


def test_a_message_for_a_job_that_is_gone_ends_the_run_at_once(launched):
    run = launched()
    change(run, job="gone")
    ended = perform(run.pk, 1, worker="w1")
    assert (ended.status, ended.error_code) == (Status.FAILURE, "unknown_job")


def test_a_command_killed_before_its_first_step_frees_the_resource(by_command, db):
    from admintools.jobs.launch import Conflict, launch

    left = launch("trial_alone", initiator=by_command, inline=True)
    with pytest.raises(Conflict):
        launch("trial_alone", initiator=by_command)
    change(left, created_at=timezone.now() - LONG_AGO)
    assert launch("trial_alone", initiator=by_command).status == Status.PENDING
    left.refresh_from_db()
    assert (left.status, left.error_code) == (Status.FAILURE, "worker_lost")


def test_the_dispatcher_too_takes_back_what_a_killed_command_left(by_command, db):
    from admintools.jobs.launch import launch

    left = launch("trial_alone", initiator=by_command, inline=True)
    change(left, created_at=timezone.now() - LONG_AGO)
    RunSource().take_back_dead()
    left.refresh_from_db()
    assert left.status == Status.FAILURE


@pytest.mark.parametrize("odd", ["a\x00b", "caf\udce9", "\ud800"])
@pytest.mark.django_db(transaction=True)
def test_text_that_no_database_takes_is_kept_with_marks_in_place(launched, odd):
    run = transitions.claim(launched().pk, 1, worker="w1")
    assert transitions.fail(run, "odd", "Bad line %(text)s", {"text": odd}, traceback=odd)
    run.refresh_from_db()
    assert "\ufffd" in run.error_params["text"]


@pytest.mark.parametrize("odd", [float("nan"), float("inf")])
@pytest.mark.django_db(transaction=True)
def test_a_number_that_json_lacks_is_kept_as_text(launched, odd):
    run = transitions.claim(launched().pk, 1, worker="w1")
    assert transitions.fail(run, "odd", "Bad figure %(n)s", {"n": odd})
    run.refresh_from_db()
    assert run.error_params == {"n": str(odd)}


@pytest.mark.django_db(transaction=True)
def test_a_result_that_json_lacks_fails_the_run_instead_of_repeating_it(launched, monkeypatch):
    from admintools.jobs.registry import registry

    wire = registry.get("trial_count").wire_name
    monkeypatch.setitem(registry._bodies, wire, lambda work: {"when": timezone.now()})
    run = launched()
    ended = perform(run.pk, 1, worker="w1")
    assert (ended.status, ended.error_code) == (Status.FAILURE, "unexpected")


def test_one_source_that_breaks_does_not_stop_the_dispatcher(db):
    class Broken:
        name = "broken"

        def send_due(self):
            raise RuntimeError("a defect")

        take_back_dead = send_due

    turns = iter([False, False, True])
    Dispatcher([Broken()]).run(lambda _seconds: next(turns))
    assert next(turns, "none left") == "none left"


@pytest.mark.django_db(transaction=True)
def test_a_zombies_log_lines_are_dropped(launched):
    from admintools.jobs.progress import RunWork

    work = RunWork(transitions.claim(launched().pk, 1, worker="w1"))
    with work:
        TaskHistory.objects.filter(pk=work.run.pk).update(epoch=9)
        work.note("Written by a zombie")
    assert not LogLine.objects.exists()
