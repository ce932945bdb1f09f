"""The job engine on a real broker and a real worker."""

import os
import signal
import time
from pathlib import Path

import pytest
from celery.result import AsyncResult

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status, TaskHistory
from admintools.jobs.transitions import request_cancel
from tests.support.site import ended, run_until

BY_TEST = Initiator(Source.COMMAND, name="test")


def start(slug="trial_count", **parameters):
    return launch(slug, parameters=parameters, initiator=BY_TEST)


def test_a_launch_is_one_message_on_its_own_queue(site, broker):
    run = start()
    keys = {key for key in broker.client().scan_iter() if not key.startswith("_kombu")}
    assert broker.client().llen("learning") == 1
    assert keys == {"learning"}
    assert TaskHistory.objects.get(pk=run.pk).published_at is not None


def test_a_run_succeeds_and_says_so_everywhere(site):
    site.worker("learning")
    run = run_until(start(items=5), ended)
    assert (run.status, run.result, run.done, run.total) == (
        Status.SUCCESS, {"counted": 5}, 5, 5,
    )  # fmt: skip
    result = AsyncResult(run.task_id)
    assert (result.status, result.result) == ("SUCCESS", {"counted": 5})


def test_async_result_reads_progress_while_it_runs(site):
    site.worker("learning")
    run = start(items=40, pause=0.1)
    run_until(run, lambda r: r.done >= 3)
    result = AsyncResult(run.task_id)
    assert result.status == "PROGRESS"
    assert set(result.info) == {"done", "total", "progress", "phase", "message"}
    assert (result.info["total"], result.info["phase"]) == (40, "count")
    assert result.info["message"].startswith("Counted ")


def test_the_result_is_kept_seven_days(site, broker):
    site.worker("learning")
    run = run_until(start(items=1), ended)
    seconds = broker.client(1).ttl(f"celery-task-meta-{run.task_id}")
    assert 7 * 86400 - 60 < seconds <= 7 * 86400


def test_a_failure_carries_code_and_sentence_and_no_password(site):
    site.worker("learning")
    run = run_until(start("trial_trouble", how="fail"), ended)
    assert (run.status, run.error_code) == (Status.FAILURE, "no_luck")
    result = AsyncResult(run.task_id)
    assert result.status == "FAILURE"
    assert str(result.result) == "No luck with redis://***@host/0"


def test_a_defect_fails_the_run_and_keeps_a_scrubbed_traceback(site):
    site.worker("learning")
    run = run_until(start("trial_trouble", how="defect"), ended)
    assert (run.status, run.error_code) == (Status.FAILURE, "unexpected")
    assert "RuntimeError" in run.traceback
    assert "hidden" not in run.traceback


def test_a_passing_fault_is_tried_again_until_it_passes(site):
    site.worker("learning")
    site.dispatch()
    run = run_until(start("trial_trouble", how="passing", until=3), ended)
    assert (run.status, run.attempt) == (Status.SUCCESS, 3)
    assert [a.outcome for a in run.attempts.all()] == ["succeeded", "again", "again"]


def test_a_fault_that_does_not_pass_ends_after_the_jobs_attempts(site):
    site.worker("learning")
    site.dispatch()
    run = run_until(start("trial_trouble", how="passing", until=99), ended)
    assert (run.status, run.attempt, run.error_code) == (Status.FAILURE, 3, "away")


def test_a_killed_pool_child_loses_no_run(site, tmp_path):
    """Row 1 of the fault matrix."""
    trace = tmp_path / "trace"
    site.worker("learning")
    site.dispatch()
    run = start(items=30, pause=0.1, trace=str(trace))
    run_until(run, lambda r: r.done >= 5)
    child = int(trace.read_text().split()[2])
    os.kill(child, signal.SIGKILL)
    run = run_until(run, ended, timeout=40)
    assert (run.status, run.attempt, run.losses) == (Status.SUCCESS, 2, 1)
    assert [a.outcome for a in run.attempts.all()] == ["succeeded", "lost"]


def test_a_task_that_kills_its_worker_starts_three_times_and_no_more(site, tmp_path):
    """Row 3 of the fault matrix."""
    trace = tmp_path / "trace"
    site.worker("learning")
    site.dispatch()
    run = run_until(start("trial_trouble", how="kill", trace=str(trace)), ended, timeout=60)
    assert (run.status, run.error_code) == (Status.FAILURE, "worker_lost")
    assert Path(trace).read_text().split() == ["1", "2", "3"]


def test_a_frozen_worker_that_wakes_writes_nothing(site, tmp_path):
    """Row 5 of the fault matrix, scaled down."""
    trace = tmp_path / "trace"
    first = site.worker("learning", name="w1")
    site.dispatch()
    run = start(items=40, pause=0.1, trace=str(trace))
    run_until(run, lambda r: r.done >= 5)
    first.freeze()
    second = site.worker("learning", name="w2")
    run_until(run, lambda r: r.epoch == 2, timeout=30)
    first.thaw()
    run = run_until(run, ended, timeout=30)
    assert (run.status, run.epoch) == (Status.SUCCESS, 2)
    assert run.worker.startswith("w2@")
    time.sleep(1)
    zombie_steps = [int(line.split()[0]) for line in trace.read_text().splitlines()
                    if line.split()[1] == "1"]  # fmt: skip
    assert max(zombie_steps) < 40, "the zombie went on to the end"
    second.terminate()


def test_a_cancel_while_queued_never_runs(site, tmp_path):
    trace = tmp_path / "trace"
    run = start(items=3, trace=str(trace))
    request_cancel(run, by="ana")
    site.worker("learning")
    site.dispatch()
    other = run_until(start(items=1), ended)
    assert other.status == Status.SUCCESS
    assert TaskHistory.objects.get(pk=run.pk).status == Status.REVOKED
    assert not trace.exists()
    assert AsyncResult(run.task_id).status == "REVOKED"


def test_a_cancel_while_running_is_confirmed_by_the_worker(site):
    site.worker("learning")
    run = start(items=500, pause=0.05)
    run_until(run, lambda r: r.done >= 3)
    request_cancel(run, by="ana")
    run = run_until(run, ended, timeout=10)
    assert run.status == Status.REVOKED
    assert 3 <= run.done < 500


def test_a_cancel_survives_the_restart_of_the_worker(site):
    worker = site.worker("learning")
    run = start(items=500, pause=0.05)
    run_until(run, lambda r: r.done >= 3)
    worker.kill()
    request_cancel(run, by="ana")
    site.worker("learning", name="w2")
    site.dispatch()
    run = run_until(run, ended, timeout=20)
    assert (run.status, run.epoch) == (Status.REVOKED, 1)


def test_a_launch_with_the_broker_down_runs_once_it_is_back(site, broker):
    """The answer comes at once; the dispatcher sends it later."""
    broker.stop()
    began = time.monotonic()
    run = start(items=2)
    assert time.monotonic() - began < 3
    assert TaskHistory.objects.get(pk=run.pk).published_at is None
    broker.start()
    site.worker("learning")
    site.dispatch()
    assert run_until(run, ended).status == Status.SUCCESS


def test_a_launch_with_a_frozen_broker_answers_within_three_seconds(site, broker):
    """Row 7 of the fault matrix."""
    start(items=1)  # a connection that is already open
    broker.freeze()
    try:
        began = time.monotonic()
        run = start(items=2)
        took = time.monotonic() - began
    finally:
        broker.thaw()
    assert took < 3
    site.worker("learning")
    site.dispatch()
    assert run_until(run, ended).status == Status.SUCCESS


def test_queued_runs_survive_a_broker_that_forgets_everything(site, broker):
    """Row 8 of the fault matrix."""
    runs = [start(items=1) for _ in range(20)]
    broker.client().flushall()
    site.worker("learning")
    site.dispatch()
    for run in runs:
        run = run_until(run, ended, timeout=30)
        assert (run.status, run.attempt) == (Status.SUCCESS, 1)


def test_a_queue_without_a_worker_uses_up_no_attempt(site):
    site.dispatch()
    run = start(items=1)
    run = run_until(run, lambda r: r.publications >= 3, timeout=20)
    assert (run.status, run.attempt, run.losses) == (Status.PENDING, 1, 0)
    site.worker("learning")
    run = run_until(run, ended)
    assert (run.status, run.epoch) == (Status.SUCCESS, 1)


@pytest.mark.parametrize("outage", [2.0])
def test_a_run_goes_on_while_the_broker_is_away(site, broker, outage):
    """Row 6 of the fault matrix, scaled down."""
    worker = site.worker("learning")
    site.dispatch()
    run = start(items=60, pause=0.1)
    run_until(run, lambda r: r.done >= 3)
    broker.kill()
    time.sleep(outage)
    broker.start()
    run = run_until(run, ended, timeout=30)
    assert (run.status, run.epoch) == (Status.SUCCESS, 1)
    assert worker.running
    later = run_until(run, lambda r: r.stored_seq == r.seq, timeout=20)
    assert AsyncResult(later.task_id).status == "SUCCESS"
