"""Stuck runs and queues without a worker: announced once, whoever looks and however often."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from admintools.jobs import beats, transitions
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import QueuePause, Source, TaskHistory
from admintools.notify.models import Notice, UnservedQueue
from admintools.notify.watching import UNSERVED_AFTER, look

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + UNSERVED_AFTER
ALL_QUEUES = [queue for _worker, queues in settings.WORKERS for queue in queues]


def work(*queues):
    beats.beat("worker", "w1@here", queues)


@pytest.fixture
def stuck(subscribed):
    subscribed(events=["run_stuck"])
    made = launch("trial_count", initiator=Initiator(Source.COMMAND, name="ana"))
    run = transitions.claim(made.pk, 1, worker="w1")
    TaskHistory.objects.update(progressed_at=NOW - timedelta(hours=1))
    return run


def test_a_run_that_does_not_move_is_announced_once(stuck):
    assert (look(NOW), look(NOW)) == (1, 0)
    assert Notice.objects.get().about["run"] == stuck.task_id


def test_a_run_that_moved_and_stopped_again_is_announced_again(stuck):
    look(NOW)
    TaskHistory.objects.update(progressed_at=NOW - timedelta(minutes=30))
    assert look(NOW) == 1


def test_a_run_that_moves_is_not(stuck):
    TaskHistory.objects.update(progressed_at=NOW)
    assert look(NOW) == 0


def test_a_queue_without_a_worker_is_announced_once_for_each_silence(subscribed):
    subscribed(events=["queue_unserved"])
    work(*(queue for queue in ALL_QUEUES if queue != "events"))
    assert (look(NOW), look(LATER), look(LATER)) == (0, 1, 0)
    assert Notice.objects.get().about["queue"] == "events"
    work(*ALL_QUEUES)
    assert look(LATER) == 0
    assert not UnservedQueue.objects.exists()
    work("celery")
    look(LATER)
    assert look(LATER + UNSERVED_AFTER) == len(ALL_QUEUES) - 1


def test_a_worker_that_is_replaced_in_time_is_not_missed(subscribed):
    subscribed(events=["queue_unserved"])
    look(NOW)
    work(*ALL_QUEUES)
    assert look(LATER) == 0


def test_a_paused_queue_is_silent_on_purpose(subscribed):
    subscribed(events=["queue_unserved"])
    work(*(queue for queue in ALL_QUEUES if queue != "events"))
    QueuePause.objects.create(queue="events", paused_by="ana")
    look(NOW)
    assert look(LATER) == 0
