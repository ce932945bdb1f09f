"""A paused queue: what is launched is kept, nothing is sent or claimed, and all of it goes on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from admintools.jobs import cancelling, pausing, queues, transitions
from admintools.jobs.beats import beat
from admintools.jobs.launch import launch
from admintools.jobs.models import QueuePause, TaskHistory
from admintools.jobs.snapshot import snapshot

LONG_AGO = timedelta(days=1)


@pytest.fixture(autouse=True)
def no_old_facts():
    queues.forget()
    yield
    queues.forget()


def due(run, **changes):
    if changes:
        TaskHistory.objects.filter(pk=run.pk).update(**changes)
    return TaskHistory.objects.due().filter(pk=run.pk).exists()


def state(run):
    return snapshot(TaskHistory.objects.get(pk=run.pk))["state"]


def test_a_pause_says_who_and_why(db):
    made = pausing.pause("learning", "ana", "  Mantenimiento ")
    assert (made.queue, made.paused_by, made.reason) == ("learning", "ana", "Mantenimiento")
    assert queues.pauses(fresh=True)["learning"].paused_by == "ana"


def test_the_second_to_pause_changes_nothing(db):
    pausing.pause("learning", "ana")
    assert pausing.pause("learning", "eva", "otra") is None
    assert QueuePause.objects.get().paused_by == "ana"


def test_the_second_to_resume_changes_nothing(db):
    pausing.pause("learning", "ana")
    assert pausing.resume("learning", "eva").paused_by == "ana"
    assert pausing.resume("learning", "ana") is None


@pytest.mark.parametrize("name", ["nope", "", "learn\x00ing", "Learning"])
@pytest.mark.parametrize("act", [pausing.pause, pausing.resume])
def test_an_unknown_queue_is_refused(db, act, name):
    with pytest.raises(pausing.UnknownQueue, match="learning"):
        act(name, "ana")
    assert not QueuePause.objects.exists()


def test_a_queue_that_lost_its_last_job_can_still_be_resumed(db):
    QueuePause.objects.create(queue="old", paused_by="ana")
    assert [fact.name for fact in queues.queue_facts(fresh=True) if fact.paused] == ["old"]
    assert pausing.resume("old", "eva")


@pytest.mark.parametrize("reason", ["r" * 400, "a\x00b", "\ud800"])
def test_any_reason_can_be_stored(db, reason):
    pausing.pause("learning", "ana" * 100, reason)
    held = QueuePause.objects.get()
    assert 0 < len(held.reason) <= 300
    assert len(held.paused_by) == 200


def test_what_waits_in_a_paused_queue_is_not_due(launched):
    run = launched()
    assert due(run, created_at=timezone.now() - LONG_AGO)
    pausing.pause("learning", "ana")
    assert not due(run)
    assert not due(run, status="RETRY")
    assert not due(run, published_at=timezone.now() - LONG_AGO)


def test_a_message_of_a_paused_queue_is_dropped(launched):
    run = launched()
    pausing.pause("learning", "ana")
    assert transitions.claim(run.pk, 1, worker="w1") is None
    run.refresh_from_db()
    assert (run.status, run.epoch) == ("PENDING", 0)
    pausing.resume("learning", "ana")
    assert transitions.claim(run.pk, 1, worker="w1") is not None


def test_a_command_that_works_itself_is_in_no_queue(launched):
    run = launched()
    TaskHistory.objects.filter(pk=run.pk).update(inline=True)
    pausing.pause("learning", "ana")
    assert state(run) == "unsent"
    assert transitions.claim(run.pk, 1, worker="command") is not None


def test_what_runs_goes_on(launched):
    run = transitions.claim(launched().pk, 1, worker="w1")
    pausing.pause("learning", "ana")
    assert state(run) == "running"
    assert transitions.succeed(run, {})


def test_a_resumed_queue_sends_at_once_what_was_launched_a_moment_ago(launched):
    run = launched()
    pausing.pause("learning", "ana")
    assert not due(run)
    pausing.resume("learning", "ana")
    assert due(run)


def test_a_resumed_queue_sends_again_what_was_on_its_way(launched):
    run = launched()
    TaskHistory.objects.filter(pk=run.pk).update(published_at=timezone.now(), attempt_task_id="a")
    assert not due(run)
    pausing.pause("learning", "ana")
    pausing.resume("learning", "ana")
    assert due(run)
    run.refresh_from_db()
    assert (run.published_at, run.attempt, run.attempt_task_id) == (None, 1, "a")


def test_a_run_that_waits_to_retry_keeps_its_time(launched):
    run = launched()
    later = timezone.now() + timedelta(minutes=1)
    TaskHistory.objects.filter(pk=run.pk).update(status="RETRY", next_attempt_at=later)
    pausing.pause("learning", "ana")
    pausing.resume("learning", "ana")
    run.refresh_from_db()
    assert run.next_attempt_at == later
    assert not due(run)
    assert due(run, next_attempt_at=timezone.now() - timedelta(seconds=1))


def test_a_retry_that_was_sent_before_the_pause_is_sent_again(launched):
    run = launched()
    TaskHistory.objects.filter(pk=run.pk).update(status="RETRY", published_at=timezone.now())
    pausing.pause("learning", "ana")
    pausing.resume("learning", "ana")
    assert due(run)


def test_resuming_leaves_other_queues_and_what_is_over_alone(launched, by_command):
    now = timezone.now()
    other, over = launched("cleanup"), launched()
    TaskHistory.objects.filter(pk=over.pk).update(status="SUCCESS")
    TaskHistory.objects.update(published_at=now)
    pausing.pause("learning", "ana")
    pausing.resume("learning", "ana")
    assert set(TaskHistory.objects.values_list("published_at", flat=True)) == {now}
    assert {other.pk, over.pk} == set(TaskHistory.objects.values_list("pk", flat=True))


def test_the_state_of_a_waiting_run_is_paused_whatever_else_it_waits_for(launched):
    run = launched()
    later = timezone.now() + timedelta(minutes=1)
    pausing.pause("learning", "ana")
    assert state(run) == "paused"
    for changes in (
        {"published_at": timezone.now()},
        {"status": "RETRY", "next_attempt_at": later},
    ):
        TaskHistory.objects.filter(pk=run.pk).update(**changes)
        assert state(run) == "paused"
    TaskHistory.objects.filter(pk=run.pk).update(status="REVOKED")
    assert state(run) == "cancelled"


def test_a_resumed_run_is_shown_as_what_it_is_now(launched):
    run = launched()
    pausing.pause("learning", "ana")
    before = snapshot(TaskHistory.objects.get(pk=run.pk))
    pausing.resume("learning", "ana")
    queues.forget()
    after = snapshot(TaskHistory.objects.get(pk=run.pk))
    assert (before["state"], after["state"]) == ("paused", "unsent")
    assert after["seq"] > before["seq"]


@pytest.mark.django_db(transaction=True)
def test_browsers_hear_of_both(by_command, monkeypatch):
    heard = []
    run = launch("trial_count", initiator=by_command)
    monkeypatch.setattr(
        pausing.hints, "tell_browsers", lambda row: heard.append((row.pk, snapshot(row)["state"]))
    )
    pausing.pause("learning", "ana")
    pausing.resume("learning", "ana")
    assert heard == [(run.pk, "paused"), (run.pk, "unsent")]


def test_a_cancel_ends_a_run_that_is_held(launched):
    run = launched()
    pausing.pause("learning", "ana")
    cancelling.request_cancel(run, "ana")
    pausing.resume("learning", "ana")
    run.refresh_from_db()
    assert (run.status, due(run)) == ("REVOKED", False)


def test_the_facts_of_a_queue_say_that_it_is_paused(db):
    beat("worker", "w1", ["learning"])
    pausing.pause("learning", "ana")
    facts = {fact.name: fact for fact in queues.queue_facts(fresh=True)}
    assert (facts["learning"].paused, facts["learning"].workers) == (True, 1)
    assert not facts["celery"].paused
