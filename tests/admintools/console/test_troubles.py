"""The first line of home tells what keeps the jobs from going on."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

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


def status(**fields):
    """Of an index with which all is well."""
    well = {
        "engine": "tantivy", "alias": "a", "reachable": True, "index": "a-1", "documents": 7,
        "database_documents": 7, "pending_changes": 0,
    }  # fmt: skip
    return IndexStatus(**{**well, **fields})


def told(*queues, broker=WELL, silent=(), active=(), messages=None, **index):
    return troubles(
        broker=broker, silent=silent, queues=queues, active=active, index=status(**index),
        messages=messages or {},
    )  # fmt: skip


def stale(**fields):
    return {"state": "stale", "label": "Rebuild", "ends_when_lost": False, **fields}


def waiting(minutes):
    oldest = timezone.now() - timedelta(minutes=minutes)
    return {"pending_changes": 1, "oldest_change_at": oldest}


def test_where_all_goes_on_there_is_nothing_to_say():
    assert told(SERVED, active=[{"state": "running", "label": "Rebuild"}]) == []


def test_an_idle_queue_without_a_worker_troubles_nobody():
    assert told(QueueFact("learning", waiting=0, running=0, workers=0)) == []


@pytest.mark.parametrize(
    ("facts", "saying"),
    [
        ({"broker": Check(False)}, "the broker does not answer"),
        ({"broker": Check(True, degraded=True)}, "the broker is full"),
        ({"silent": ["dispatch"]}, "manage.py dispatch"),
        ({"silent": ["sync_index"]}, "manage.py sync_index"),
        ({"silent": ["beat"]}, "celery -A sicargabox beat"),
        ({"active": [{"state": "stuck", "label": "Rebuild"}]}, "“Rebuild” does not move"),
        ({"active": [stale()]}, "another worker takes over"),
        ({"active": [stale(ends_when_lost=True)]}, "it fails: retry it then"),
    ],
)
def test_a_fault_is_said_with_what_to_do(facts, saying):
    (sentence,) = told(SERVED, **facts)
    assert saying in sentence


def test_a_change_that_waits_for_minutes_is_said_and_where_to_read_why():
    (sentence,) = told(SERVED, **waiting(7))
    assert "waited for 7\N{NO-BREAK SPACE}min: the log of sync_index" in sentence
    assert told(SERVED, **waiting(1)) == []


def test_that_changes_wait_for_an_engine_that_is_away_is_said_above():
    assert told(SERVED, **waiting(7), reachable=False) == []


def test_a_silent_sync_index_is_why_changes_wait():
    (sentence,) = told(SERVED, silent=["sync_index"], **waiting(7))
    assert "“manage.py sync_index”" in sentence


def test_without_a_dispatcher_no_silent_run_is_taken_over():
    _start_it, sentence = told(SERVED, silent=["dispatch"], active=[stale()])
    assert "nobody takes it back" in sentence


def test_waiting_runs_that_no_worker_serves_are_counted():
    (sentence,) = told(QueueFact("learning", waiting=1, running=0, workers=0))
    assert sentence == "1 run waits in the queue learning, which no worker serves: start one."


def test_messages_that_are_no_runs_and_that_no_worker_serves_are_counted():
    events = QueueFact("events", waiting=0, running=0, workers=0)
    (sentence,) = told(events, messages={"events": 1_200})
    assert sentence.startswith("1,200 messages lie in the queue events, which no worker serves")
    assert told(QueueFact("events", 0, 0, workers=1), messages={"events": 3}) == []


def test_paused_queues_are_named_and_not_also_called_unserved():
    queues = (
        QueueFact("celery", waiting=2, running=0, workers=0, pause=PAUSE),
        QueueFact("learning", waiting=0, running=0, workers=0, pause=PAUSE),
    )
    (sentence,) = told(*queues)
    assert sentence.startswith("The queues celery and learning are paused")


@pytest.mark.parametrize(("reachable", "tone"), [(True, "warn"), (False, "err")])
def test_troubles_never_hide_how_the_search_is(reachable, tone):
    index = status(reachable=reachable)
    alone = headline(index, rebuilding=False)
    troubled = headline(index, rebuilding=False, troubles=["Something waits."])
    assert (troubled.sentence, troubled.tone) == (alone.sentence, tone)
    assert troubled.advice == (*alone.advice, "Something waits.")
