import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from admintools.jobs.cancelling import request_cancel
from admintools.jobs.launch import Conflict, Initiator, launch, retry
from admintools.jobs.models import Source, Status, TaskHistory
from admintools.jobs.registry import UnknownJob
from admintools.jobs.transitions import NotAllowed, claim


def test_a_launch_writes_a_pending_run_with_who_and_what(launched):
    run = launched(items=3)
    assert (run.status, run.task_name, run.queue) == (Status.PENDING, "trial_count", "learning")
    assert (run.parameters, run.initiated_by, run.source) == ({"items": 3}, "test", Source.COMMAND)


@pytest.mark.django_db(transaction=True)
def test_with_the_broker_away_the_run_exists_unsent(by_command):
    run = launch("trial_count", initiator=by_command)
    assert TaskHistory.objects.get(pk=run.pk).published_at is None


def test_the_user_is_kept_by_name_and_by_key(db):
    user = get_user_model().objects.create_user("ana")
    run = launch("trial_count", initiator=Initiator(Source.CONSOLE, user=user))
    assert (run.initiator, run.initiated_by) == (user, "ana")


def test_an_unknown_job_is_refused(db, by_command):
    with pytest.raises(UnknownJob):
        launch("nothing_like_it", initiator=by_command)


def test_a_second_run_on_the_same_resource_is_refused_with_the_first(launched):
    first = launched("trial_alone")
    with pytest.raises(Conflict) as refusal:
        launched("trial_alone")
    assert refusal.value.running == first


def test_rebuild_and_import_exclude_each_other(launched):
    running = launched("rebuild_index")
    with pytest.raises(Conflict) as refusal:
        launched("import_catalog")
    assert refusal.value.running == running


def test_runs_without_a_resource_do_not_exclude_each_other(launched):
    assert launched().pk != launched().pk


def test_once_the_first_is_over_the_next_may_start(launched):
    request_cancel(launched("trial_alone"), by="ana")
    assert launched("trial_alone").status == Status.PENDING


def test_a_refused_launch_leaves_the_surrounding_transaction_usable(launched):
    launched("trial_alone")
    with transaction.atomic():
        with pytest.raises(Conflict):
            launched("trial_alone")
        assert TaskHistory.objects.count() == 1


def test_nothing_is_sent_when_the_transaction_rolls_back(db, by_command):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        launch("trial_count", initiator=by_command)
        1 / 0  # noqa: B018
    assert not TaskHistory.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_sixty_four_launches_at_once_make_one_run(by_command):
    outcomes = []
    gate = threading.Barrier(64)

    def press():
        gate.wait()
        try:
            launch("trial_alone", initiator=by_command, inline=True)
            outcomes.append("run")
        except Conflict:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("run"), outcomes.count("refused")) == (1, 63)
    assert TaskHistory.objects.count() == 1


def test_a_retry_is_a_new_run_that_names_the_old_one(launched, by_command):
    old = request_cancel(launched(items=7), by="ana")
    new = retry(old, by_command)
    assert (new.retry_of, new.parameters, new.pk != old.pk) == (old, {"items": 7}, True)


def test_a_retry_may_change_the_parameters(launched, by_command):
    old = request_cancel(launched(items=7), by="ana")
    assert retry(old, by_command, {"items": 9}).parameters == {"items": 9}


def test_an_active_run_cannot_be_retried(launched, by_command):
    with pytest.raises(NotAllowed):
        retry(launched(), by_command)


def test_a_command_that_was_killed_does_not_block_the_next_launch(launched, by_command, settings):
    left = launch("trial_alone", initiator=by_command, inline=True)
    claim(left.pk, 1, worker="gone")
    TaskHistory.objects.filter(pk=left.pk).update(lease_expires_at="2020-01-01T00:00Z")
    fresh = launched("trial_alone")
    left.refresh_from_db()
    assert (left.status, left.error_code) == (Status.FAILURE, "worker_lost")
    assert fresh.is_active
