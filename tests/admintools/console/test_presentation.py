"""What a page writes about a run, in its state."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from admintools.console.presentation import elapsed
from admintools.console.responses import run_object

LAUNCHED = datetime(2026, 11, 20, 16, 38, 34, tzinfo=UTC)
BEGUN = LAUNCHED + timedelta(seconds=4)
ENDED = LAUNCHED + timedelta(minutes=3)
INDEXING = {"phase": "index", "timeline": [{"slug": "prepare"}, {"slug": "index"}]}


@pytest.fixture(autouse=True)
def spanish():
    with translation.override("es-hn"):
        yield


@pytest.fixture
def told(make_run):
    """A run object, with plain spaces, of a run in that state."""

    def tell(**fields):
        run = make_run(**{"epoch": 1, "started_at": BEGUN, "created_at": LAUNCHED, **fields})
        return run_object(run)

    return tell


def test_a_run_that_ended_says_from_when_to_when_and_how_long(told):
    run = told(status="SUCCESS", finished_at=ENDED, attempt=2, initiated_by="ana")
    origin = run["texts"]["origin"].replace("\xa0", " ")
    assert origin.endswith("10:38:34–10:41:34; 2 min 56 s; intento 2")
    assert elapsed(run) == ""


def test_one_that_never_began_took_no_time(told):
    run = told(status="REVOKED", started_at=None, finished_at=ENDED, epoch=0)
    assert run["texts"]["origin"].endswith("10:38:34–10:41:34")


def test_elapsed_time_runs_from_the_start_and_waiting_from_the_launch(told):
    running = {**told(status="STARTED"), "server_time": ENDED.isoformat()}
    assert elapsed(running).replace("\xa0", " ") == "; lleva 2 min 56 s"
    waiting = {**running, "started_at": None}
    assert elapsed(waiting).replace("\xa0", " ") == "; espera desde hace 3 min"


def test_no_percentage_is_claimed_of_what_was_not_counted(told):
    uncounted = told(status="STARTED", total=None)
    assert (uncounted["has_bar"], uncounted["texts"]["percent"]) == (True, "")
    assert told(status="STARTED", total=100)["texts"]["percent"]
    assert not told(status="FAILURE", total=None, finished_at=ENDED)["has_bar"]


def test_where_somebody_cancelled_no_phase_failed(told):
    states = {
        status: [phase["state"] for phase in told(status=status, **INDEXING)["phases"][:3]]
        for status in ("FAILURE", "REVOKED")
    }
    assert states["FAILURE"] == ["done", "failed", "pending"]
    assert states["REVOKED"] == ["done", "stopped", "pending"]
