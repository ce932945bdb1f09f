"""The workers as their signs of life tell them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from admintools.jobs import beats
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import ProcessBeat, Source, Status, TaskHistory
from admintools.watch.workers import workers

pytestmark = pytest.mark.django_db


def at_work(worker, **fields):
    run = launch("trial_count", initiator=Initiator(Source.COMMAND, name="test"))
    values = {"status": Status.PROGRESS, "worker": worker, **fields}
    TaskHistory.objects.filter(pk=run.pk).update(**values)
    return run


def test_each_has_its_queues_its_figures_and_the_runs_it_is_at():
    beats.beat("worker", "one@here", ["celery"], pool=2, reserved=1, memory=300_000_000)
    beats.beat("worker", "two@here", ["events"])
    beats.beat("dispatch", "dispatch@here:1")
    run = at_work("one@here")
    at_work("two@here", status=Status.SUCCESS)
    at_work("one@here", inline=True)
    one, two = workers()
    assert (one.beat.pool, one.beat.reserved, one.beat.memory) == (2, 1, 300_000_000)
    assert (one.runs, two.runs) == ([run], [])
    assert not one.silent
    assert two.beat.memory is None


def test_one_that_left_no_word_is_silent_for_a_day_and_then_forgotten():
    beats.beat("worker", "one@here")
    assert workers(timezone.now() + timedelta(seconds=16))[0].silent
    assert workers(timezone.now() + timedelta(hours=23))[0].silent
    assert workers(timezone.now() + timedelta(hours=25)) == []


def test_one_that_left_in_order_is_not_listed():
    beats.beat("worker", "one@here")
    beats.leave("one@here")
    assert workers() == []


def test_a_later_sign_of_life_brings_new_figures():
    beats.beat("worker", "one@here", ["celery"], pool=2)
    beats.beat("worker", "one@here", ["celery"], pool=3)
    assert ProcessBeat.objects.get().pool == 3


def test_two_questions_suffice(django_assert_num_queries):
    for n in range(5):
        beats.beat("worker", f"w{n}@here")
        at_work(f"w{n}@here")
    with django_assert_num_queries(2):
        assert [len(worker.runs) for worker in workers()] == [1] * 5
