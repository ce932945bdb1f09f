from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from admintools.jobs import checking, transitions
from admintools.jobs.checking import Checked
from admintools.jobs.execution import perform
from admintools.jobs.models import Source, Status, TaskHistory
from admintools.jobs.progress import Fenced, RunWork
from admintools.jobs.registry import registry

LONG_AGO = timedelta(minutes=1)  # trial_count counts as stuck after five seconds


@pytest.fixture
def running(launched):
    def make(**changes):
        run = transitions.claim(launched().pk, 1, worker="w1")
        TaskHistory.objects.filter(pk=run.pk).update(**changes)
        return run

    return make


@pytest.fixture
def ends_when_stuck(monkeypatch):
    definition = replace(registry.get("trial_count"), end_when_stuck=True)
    monkeypatch.setitem(registry._jobs, "trial_count", definition)


def read(run):
    return TaskHistory.objects.get(pk=run.pk)


def test_a_run_that_moves_is_left_in_peace(running):
    run = running()
    assert checking.check() == Checked(silent=0, reaped=0, stuck=0, ended=0)
    assert read(run).status == Status.STARTED


def test_a_stuck_run_is_counted_and_goes_on_where_its_job_does_not_say_otherwise(running):
    run = running(progressed_at=timezone.now() - LONG_AGO)
    assert checking.check() == Checked(silent=0, reaped=0, stuck=1, ended=0)
    assert read(run).status == Status.STARTED


def test_a_stuck_run_is_ended_where_its_job_says_so(running, ends_when_stuck):
    run = running(progressed_at=timezone.now() - LONG_AGO)
    assert checking.check() == Checked(silent=0, reaped=0, stuck=1, ended=1)
    row = read(run)
    assert (row.status, row.error_code) == (Status.FAILURE, "stuck")
    assert row.attempts.get().outcome == "failed"


@pytest.mark.django_db(transaction=True)
def test_the_worker_of_an_ended_run_is_fenced(running, ends_when_stuck):
    run = running(progressed_at=timezone.now() - LONG_AGO)
    checking.check()
    with pytest.raises(Fenced):
        RunWork(run).confirm()


def test_a_moment_is_known_again_as_the_database_wrote_it(running):
    assert transitions.end_stuck(read(running()))


def test_one_that_moves_at_the_last_moment_is_not_ended(running, ends_when_stuck):
    run = running(progressed_at=timezone.now() - LONG_AGO)
    seen = read(run)
    TaskHistory.objects.filter(pk=run.pk).update(progressed_at=timezone.now())
    assert not transitions.end_stuck(seen)
    assert read(run).status == Status.STARTED


def test_a_silent_run_is_counted(running, settings):
    silent = timezone.now() - timedelta(seconds=3 * settings.HEARTBEAT_SECONDS)
    running(heartbeat_at=silent)
    assert checking.check() == Checked(silent=1, reaped=0, stuck=0, ended=0)


def test_a_run_that_lost_its_worker_is_taken_back_as_the_dispatcher_would(running):
    run = running(lease_expires_at=timezone.now() - LONG_AGO)
    assert checking.check() == Checked(silent=0, reaped=1, stuck=0, ended=0)
    row = read(run)
    assert (row.status, row.attempt, row.losses) == (Status.RETRY, 2, 1)


@pytest.mark.django_db(transaction=True)
def test_the_job_says_what_it_found(running, launched):
    running(progressed_at=timezone.now() - LONG_AGO)
    run = perform(launched("check_runs").pk, 1, worker="w2")
    assert run.result == {"status": "success", "silent": 0, "reaped": 0, "stuck": 1, "ended": 0}
    assert run.source == Source.COMMAND
