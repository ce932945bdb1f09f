from dataclasses import replace

import pytest
from django.conf import settings

from admintools.jobs import priorities, queues, transitions
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, TaskHistory
from admintools.jobs.registry import registry


@pytest.fixture
def start(db):
    def start(source=Source.CONSOLE):
        return launch("trial_count", initiator=Initiator(source, name="test"))

    return start


@pytest.mark.parametrize(
    ("source", "own", "priority"),
    [
        (Source.CONSOLE, 0, 0),
        (Source.COMMAND, 0, 0),
        (Source.SCHEDULE, 0, 3),
        (Source.SCHEDULE, 6, 6),
        # A person waits, whatever the job.
        (Source.CONSOLE, 6, 0),
    ],
)
def test_a_persons_run_comes_before_a_schedules_and_that_before_upkeep(source, own, priority):
    definition = replace(registry.get("trial_count"), priority=own)
    assert priorities.of_launch(definition, source) == priority


def test_each_priority_is_a_step_of_the_broker():
    steps = settings.CELERY_BROKER_TRANSPORT_OPTIONS["priority_steps"]
    assert steps == [*priorities.STEPS]
    assert {job.priority for job in registry} <= {0, *steps}


def test_the_place_in_the_queue_follows_the_priority(start):
    running, nightly = start(Source.SCHEDULE), start(Source.SCHEDULE)
    transitions.claim(running.pk, 1, worker="w1")
    queues.forget()
    click = start()
    assert [queues.place(click), queues.place(nightly)] == [2, 3]
    assert queues.place(start()) == 3
    assert queues.place(nightly) == 4


def test_the_place_among_more_runs_than_are_kept_follows_it_too(start, monkeypatch):
    monkeypatch.setattr(queues, "MOST_PLACES", 1)
    nightly, first, second = start(Source.SCHEDULE), start(), start()
    queues.forget()
    assert [queues.place(run) for run in (nightly, first, second)] == [3, 1, 2]


def test_a_click_comes_after_what_runs_and_other_clicks_and_not_after_the_night(start):
    running, click, nightly = start(Source.SCHEDULE), start(), start(Source.SCHEDULE)
    transitions.claim(running.pk, 1, worker="w1")
    (fact,) = (f for f in queues.queue_facts(fresh=True) if f.name == "learning")
    assert (fact.running, fact.waiting, fact.ahead) == (1, 2, 2)
    assert TaskHistory.objects.ahead_of(nightly).count() == 2
    assert TaskHistory.objects.ahead_of(click).get() == running
