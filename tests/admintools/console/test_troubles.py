"""The first line of home tells what keeps the jobs from going on."""

import pytest
from django.utils import translation

from admintools.console.health import Check
from admintools.console.home.headline import headline
from admintools.console.home.troubles import troubles
from admintools.jobs.models import QueuePause
from admintools.jobs.queues import QueueFact
from micasillero.search.status import IndexStatus

SERVED = QueueFact("celery", waiting=3, running=1, workers=1)
WELL = Check(True)
PAUSE = QueuePause(queue="celery", paused_by="ana")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def told(*queues, broker=WELL, dispatcher_ok=True, active=()):
    return troubles(broker=broker, dispatcher_ok=dispatcher_ok, queues=queues, active=active)


def test_where_all_goes_on_there_is_nothing_to_say():
    assert told(SERVED, active=[{"state": "running", "label": "Rebuild"}]) == []


def test_an_idle_queue_without_a_worker_troubles_nobody():
    assert told(QueueFact("learning", waiting=0, running=0, workers=0)) == []


@pytest.mark.parametrize(
    ("facts", "saying"),
    [
        ({"broker": Check(False)}, "the broker does not answer"),
        ({"broker": Check(True, degraded=True)}, "the broker is full"),
        ({"dispatcher_ok": False}, "manage.py dispatch"),
        ({"active": [{"state": "stuck", "label": "Rebuild"}]}, "“Rebuild” does not move"),
        ({"active": [{"state": "stale", "label": "Rebuild"}]}, "no sign of life"),
    ],
)
def test_a_fault_is_said_with_what_to_do(facts, saying):
    (sentence,) = told(SERVED, **facts)
    assert saying in sentence


def test_waiting_runs_that_no_worker_serves_are_counted():
    (sentence,) = told(QueueFact("learning", waiting=1, running=0, workers=0))
    assert sentence == "1 run waits in the queue learning, which no worker serves: start one."


def test_paused_queues_are_named_and_not_also_called_unserved():
    queues = (
        QueueFact("celery", waiting=2, running=0, workers=0, pause=PAUSE),
        QueueFact("learning", waiting=0, running=0, workers=0, pause=PAUSE),
    )
    (sentence,) = told(*queues)
    assert sentence.startswith("The queues celery and learning are paused")


@pytest.mark.parametrize(("reachable", "tone"), [(True, "warn"), (False, "err")])
def test_troubles_never_hide_how_the_search_is(reachable, tone):
    index = IndexStatus(
        engine="tantivy",
        alias="a",
        reachable=reachable,
        index="a-1",
        documents=7,
        database_documents=7,
        pending_changes=0,
    )
    alone = headline(index, rebuilding=False)
    troubled = headline(index, rebuilding=False, troubles=["Something waits."])
    assert (troubled.sentence, troubled.tone) == (alone.sentence, tone)
    assert troubled.advice == (*alone.advice, "Something waits.")
