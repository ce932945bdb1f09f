import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_celery_results.models import TaskResult

from admintools.jobs import transitions
from admintools.jobs.cancelling import request_cancel
from admintools.jobs.models import Attempt, Status, TaskHistory
from admintools.jobs.transitions import NotAllowed, claim, reap, succeed


@pytest.fixture
def claimed(launched):
    def make(slug="trial_count", **parameters):
        run = launched(slug, **parameters)
        return claim(run.pk, run.attempt, worker="w1")

    return make


def expire(run):
    past = timezone.now() - timedelta(seconds=1)
    TaskHistory.objects.filter(pk=run.pk).update(lease_expires_at=past)


def test_a_claim_takes_the_run_with_a_lease(claimed, settings):
    run = claimed()
    assert (run.status, run.epoch, run.worker) == (Status.STARTED, 1, "w1")
    left = (run.lease_expires_at - timezone.now()).total_seconds()
    assert settings.LEASE_SECONDS - 5 < left <= settings.LEASE_SECONDS


def test_a_second_claim_of_the_same_attempt_is_dropped(claimed):
    run = claimed()
    assert claim(run.pk, 1, worker="w2") is None


def test_a_message_of_an_older_attempt_is_dropped(claimed):
    run = claimed()
    expire(run)
    reap(run)
    assert claim(run.pk, 1, worker="w2") is None
    assert claim(run.pk, 2, worker="w2").epoch == 2


def test_a_message_for_a_run_that_is_gone_is_dropped(db):
    assert claim(4711, 1, worker="w") is None


@pytest.mark.django_db(transaction=True)
def test_of_sixty_four_claims_at_once_one_wins(launched):
    run = launched()
    won = []
    gate = threading.Barrier(64)

    def take(number):
        gate.wait()
        try:
            won.append(claim(run.pk, 1, worker=f"w{number}"))
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[n]) for n in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([run for run in won if run]) == 1
    assert TaskHistory.objects.get(pk=run.pk).epoch == 1


def test_success_keeps_the_result_and_leaves_a_task_result(claimed):
    run = claimed()
    assert succeed(run, {"documents": 3}, done=3, total=3)
    run.refresh_from_db()
    assert (run.status, run.result, run.percent) == (Status.SUCCESS, {"documents": 3}, 100)
    kept = TaskResult.objects.get(task_id=run.task_id)
    assert (kept.status, kept.result) == ("SUCCESS", '{"documents": 3}')


def test_an_ended_run_never_changes_again(claimed):
    run = claimed()
    succeed(run, {})
    assert not transitions.fail(run, "late", "Too late")
    assert not transitions.cancelled(run)
    assert not reap(run)
    with pytest.raises(NotAllowed):
        request_cancel(run, by="ana")
    run.refresh_from_db()
    assert (run.status, run.error_code, run.cancel_requested_at) == (Status.SUCCESS, "", None)


def test_a_zombie_is_fenced_from_ending_the_run(claimed):
    zombie = claimed()
    expire(zombie)
    reap(TaskHistory.objects.get(pk=zombie.pk))
    claim(zombie.pk, 2, worker="w2")
    assert not succeed(zombie, {"stale": True})
    assert TaskHistory.objects.get(pk=zombie.pk).result is None


def test_errors_lose_their_passwords_before_they_are_kept(claimed):
    run = claimed()
    transitions.fail(
        run, "x", "No answer from %(url)s", {"url": "redis://u:hidden@h/0"},
        traceback="connect('postgres://a:hidden@h/x', password='hidden')",
    )  # fmt: skip
    run.refresh_from_db()
    assert "hidden" not in f"{run.error_message}{run.error_params}{run.traceback}"
    assert run.error_params["url"] == "redis://***@h/0"


def test_a_cancel_while_waiting_ends_the_run_and_its_message_is_dropped(launched):
    run = request_cancel(launched(), by="ana")
    assert (run.status, run.cancel_requested_by) == (Status.REVOKED, "ana")
    assert run.finished_at is not None
    assert claim(run.pk, 1, worker="w") is None


def test_a_cancel_while_running_is_a_flag_until_the_worker_confirms(claimed):
    run = request_cancel(claimed(), by="ana")
    assert run.status == Status.STARTED
    assert run.cancel_requested_at is not None
    assert transitions.cancelled(run)
    run.refresh_from_db()
    assert run.status == Status.REVOKED


def test_asking_to_cancel_twice_keeps_the_first_asker(claimed):
    run = request_cancel(claimed(), by="ana")
    assert request_cancel(run, by="eva").cancel_requested_by == "ana"


def test_a_lost_worker_gives_the_run_back_for_another_attempt(claimed):
    run = claimed()
    expire(run)
    assert reap(run)
    run.refresh_from_db()
    assert (run.status, run.attempt, run.losses, run.published_at) == (Status.RETRY, 2, 1, None)
    assert run.attempts.get().outcome == Attempt.Outcome.LOST


def test_a_valid_lease_is_not_reaped(claimed):
    assert not reap(claimed())


def test_a_run_that_kills_its_worker_is_a_dead_letter_after_three_losses(claimed):
    run = claimed()
    for attempt in (2, 3, 4):
        expire(run)
        reap(run)
        run.refresh_from_db()
        if attempt < 4:
            run = claim(run.pk, attempt, worker="w")
    assert (run.status, run.error_code, run.losses) == (Status.FAILURE, "worker_lost", 3)
    assert run.attempts.count() == 3


def test_a_cancelled_run_whose_worker_died_counts_as_cancelled(claimed):
    run = request_cancel(claimed(), by="ana")
    expire(run)
    assert reap(run)
    run.refresh_from_db()
    assert run.status == Status.REVOKED


def test_a_passing_fault_waits_for_the_time_the_other_side_asked_for(claimed):
    run = claimed()
    transitions.try_again(run, "away", "Away", after=120)
    run.refresh_from_db()
    assert (run.status, run.attempt) == (Status.RETRY, 2)
    assert (run.next_attempt_at - timezone.now()).total_seconds() > 110


def test_the_backoff_never_exceeds_its_cap(settings):
    settings.RETRY_BASE_SECONDS, settings.RETRY_MAX_SECONDS = 5, 300
    assert max(transitions.backoff(30) for _ in range(200)) <= 300
    assert max(transitions.backoff(1) for _ in range(200)) <= 5


def test_each_change_raises_the_sequence(claimed):
    run = claimed()
    before = run.seq
    request_cancel(run, by="ana")
    assert run.seq > before
