"""What a cleanup takes of events, figures and checks, and what it leaves."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_results.models import TaskResult

from admintools.jobs.execution import perform
from admintools.jobs.models import TaskHistory
from admintools.watch.models import JobHour, QueueHour
from micasillero.events.models import Event, EventKey, RawBatch, RejectedEvent

pytestmark = pytest.mark.django_db(transaction=True)


def ago(days):
    return timezone.now() - timedelta(days=days)


def cleaned(launched):
    return perform(launched("cleanup").pk, 1, worker="w1").result


def batch(days, state="stored"):
    return RawBatch.objects.create(
        client="web", events=[], size=0, received_at=ago(days), state=state
    )


def event(days, **fields):
    told = {"client": "web", "type": "search", "occurred_at": ago(days), "received_at": ago(days)}
    return Event.objects.create(**told, **fields)


def test_events_and_their_ids_go_after_ninety_days(launched):
    for days in (91, 89):
        event(days)
        EventKey.objects.create(key=uuid.uuid4(), accepted_at=ago(days))
    assert cleaned(launched) == {"deleted": 2, "redacted": 0}
    assert Event.objects.get().received_at > ago(90)
    assert EventKey.objects.get().accepted_at > ago(90)


@pytest.mark.parametrize("state", ["stored", "discarded"])
def test_a_batch_goes_after_a_week_and_its_events_stay(launched, state):
    kept = event(8, batch=batch(8, state))
    batch(6, state)
    assert cleaned(launched) == {"deleted": 1, "redacted": 0}
    assert RawBatch.objects.get().received_at > ago(7)
    assert Event.objects.get().batch_id == kept.batch_id


@pytest.mark.parametrize("state", ["waiting", "dead"])
def test_a_batch_that_somebody_still_needs_stays(launched, state):
    batch(400, state)
    assert cleaned(launched)["deleted"] == 0


def test_a_rejected_event_goes_once_somebody_has_dealt_with_it(launched):
    for state in ("dead", "replayed", "discarded"):
        RejectedEvent.objects.create(
            client="web", event={}, error_code="x", state=state, rejected_at=ago(91)
        )
    assert cleaned(launched)["deleted"] == 2
    assert RejectedEvent.objects.get().state == "dead"


def test_people_are_forgotten_sooner_than_events(launched):
    old, young = event(31, person="p"), event(29, person="p")
    run = perform(launched("cleanup").pk, 1, worker="w1")
    assert run.result == {"deleted": 0, "redacted": 1}
    assert (run.phase, run.done) == ("redact", 1)
    assert [Event.objects.get(pk=row.pk).person for row in (old, young)] == ["", "p"]


def test_hourly_figures_go_after_a_year(launched):
    for days in (366, 364):
        JobHour.objects.create(hour=ago(days), job="cleanup", runs=1, failures=0)
        QueueHour.objects.create(hour=ago(days), queue="celery", waiting=0)
    assert cleaned(launched)["deleted"] == 2


@pytest.mark.parametrize(
    ("hours", "status", "found", "goes"),
    [
        (25, "SUCCESS", {}, True),
        (23, "SUCCESS", {}, False),
        (25, "SUCCESS", {"stuck": 1}, False),
        (25, "SUCCESS", {"silent": 1}, False),
        (25, "SUCCESS", {"reaped": 1}, False),
        (25, "FAILURE", {}, False),
    ],
)
def test_a_check_that_found_nothing_goes_after_a_day(launched, hours, status, found, goes):
    run = launched("check_runs")
    TaskHistory.objects.filter(pk=run.pk).update(
        status=status,
        finished_at=timezone.now() - timedelta(hours=hours),
        result={"status": "success", "stuck": 0, "silent": 0, "reaped": 0, "ended": 0} | found,
    )
    TaskResult.objects.create(task_id=run.task_id, status=status)
    cleaned(launched)
    assert TaskHistory.objects.filter(pk=run.pk).exists() != goes
    assert TaskResult.objects.filter(task_id=run.task_id).exists() != goes
