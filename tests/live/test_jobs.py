"""The job engine on a real broker and a real worker."""

import time

from celery.result import AsyncResult

from admintools.jobs import checking
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status, TaskHistory
from admintools.watch import messages
from admintools.watch.workers import workers
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


def test_the_message_is_looked_at_by_its_ids(site, settings):
    settings.CELERY_BROKER_URL = site.broker.url()
    run = start(password="hunter2")
    (found,) = messages.next_of("learning")
    assert found == messages.Message(0, "admintools.tasks.trial_count", run.task_id, run.pk, 1)


def test_a_worker_tells_its_pool_and_its_memory(site):
    worker = site.worker("learning", concurrency=2)
    worker.wait_until(workers, "giving a sign of life", timeout=10)
    (told,) = workers()
    assert (told.beat.queues, told.beat.pool, told.beat.reserved) == (["learning"], 2, 0)
    # Three processes of Python with Django.
    assert 60e6 < (told.beat.memory or 0) < 2e9


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


def test_at_the_time_limit_a_run_goes_on_after_what_it_stored(site):
    """One that stores nothing would come no further the next time, and ends."""
    # The last tenth of it must be longer than the writer's pause, in which it cannot tell.
    site.env["TASK_SOFT_TIME_LIMIT"] = "8"
    site.worker("learning", concurrency=2)
    site.dispatch()
    stores, nothing = start("trial_resume", items=100, pause=0.1), start(items=199, pause=0.1)
    run = run_until(stores, ended)
    assert (run.status, run.losses, run.done) == (Status.SUCCESS, 0, 100)
    assert {a.outcome for a in run.attempts.all()} == {"succeeded", "limited"}
    assert run.attempts.first().resumed_from >= 10
    run = run_until(nothing, ended)
    assert (run.status, run.error_code, run.attempt) == (Status.FAILURE, "time_limit", 1)


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


def test_a_queue_without_a_worker_uses_up_no_attempt(site):
    site.dispatch()
    run = start(items=1)
    run = run_until(run, lambda r: r.publications >= 3, timeout=20)
    assert (run.status, run.attempt, run.losses) == (Status.PENDING, 1, 0)
    site.worker("learning")
    run = run_until(run, ended)
    assert (run.status, run.epoch) == (Status.SUCCESS, 1)


def test_a_stuck_run_is_ended_and_its_worker_is_free_for_the_next(site):
    site.worker("learning")
    stuck = start("trial_stuck")
    run_until(stuck, lambda row: checking.check().ended)
    row = run_until(stuck, ended)
    assert (row.status, row.error_code) == (Status.FAILURE, "stuck")
    # It would be busy for a minute.
    assert run_until(start(items=1), ended).status == Status.SUCCESS
