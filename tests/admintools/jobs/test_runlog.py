"""Every line that is logged while a run is worked off names run, task and attempt."""

import logging
import time

import pytest
import structlog
from celery import Celery
from celery.app.trace import build_tracer

from admintools.jobs import runlog, transitions
from admintools.jobs.execution import perform
from admintools.jobs.models import Status, TaskHistory
from admintools.jobs.registry import JobDefinition, registry

WIRE = "admintools.tasks.trial_talks"


@pytest.fixture
def body():
    """A job of this test's own; set what its body does."""
    does: list = []

    def act(work):
        logging.getLogger("some.library").warning("At work.")
        return does[0](work)

    registry.add(JobDefinition("trial_talks", "Talks", "", wire_name=WIRE, queue="learning"))
    registry.add_body(WIRE, act)
    yield does
    registry.discard("trial_talks")


@pytest.fixture
def done(body, launched, log_lines):
    """Performs a run of it; what was logged meanwhile."""

    def do(act, **options):
        body[:] = [act]
        run = launched("trial_talks")
        return perform(run.pk, 1, worker="general@here", **options), log_lines()

    return do


def test_it_says_that_it_began_and_how_it_ended(done):
    run, lines = done(lambda work: {})
    assert [line["event"] for line in lines] == ["task_started", "At work.", "task_completed"]
    for line in lines:
        assert (line["run_id"], line["task_id"], line["attempt"]) == (run.pk, run.task_id, 1)
    started, _, completed = lines
    assert (started["job"], started["queue"], started["worker"]) == (
        "trial_talks", "learning", "general@here",
    )  # fmt: skip
    assert completed["status"] == "SUCCESS"
    assert completed["seconds"] >= 0


def test_nothing_stays_bound_for_the_next_one(done):
    done(lambda work: {})
    assert structlog.contextvars.get_contextvars() == {}


def test_a_defect_is_task_failed_with_its_code(done):
    run, lines = done(lambda work: 1 / 0)
    failed = lines[-1]
    assert run.status == Status.FAILURE
    assert (failed["event"], failed["level"]) == ("task_failed", "warning")
    assert (failed["status"], failed["error"]) == ("FAILURE", "unexpected")
    assert any("ZeroDivisionError" in line.get("exception", "") for line in lines)


def test_a_run_that_somebody_cancelled_did_not_fail(done):
    def cancelled(work):
        transitions.cancelled(work.run)

    _run, lines = done(cancelled)
    assert (lines[-1]["event"], lines[-1]["status"]) == ("task_stopped", "REVOKED")


def test_an_end_that_cannot_be_written_is_task_failed_too(launched, log_lines):
    run = launched()
    with pytest.raises(KeyError), runlog.of_attempt(run):
        raise KeyError
    assert log_lines()[-1]["event"] == "task_failed"
    assert log_lines()[-1]["error"] == "KeyError"


def test_the_thread_that_writes_progress_names_it_too(done, log_lines, settings, monkeypatch):
    settings.PROGRESS_INTERVAL = 0.01

    def away(*args, **kwargs):
        raise OSError("away")

    def reporting(work):
        with monkeypatch.context() as patched:
            patched.setattr(transitions, "lease_end", away)
            work.report(1, 2, "Counted")
            deadline = time.monotonic() + 5
            while not of_thread() and time.monotonic() < deadline:
                time.sleep(0.01)
        return {}

    def of_thread():
        return [line for line in log_lines() if "was not reached" in line["event"]]

    run, _lines = done(reporting)
    assert (of_thread()[0]["run_id"], of_thread()[0]["attempt"]) == (run.pk, 1)


def test_a_message_that_is_dropped_names_the_run(launched, log_lines, caplog):
    caplog.set_level(logging.INFO)
    run = launched()
    assert perform(run.pk, 2, worker="w") is None
    (line,) = log_lines()
    assert (line["run_id"], line["attempt"]) == (run.pk, 2)
    assert TaskHistory.objects.get(pk=run.pk).status == Status.PENDING


class TestOtherTasks:
    """Those that perform no run, as a worker traces them."""

    @pytest.fixture
    def trace(self, log_lines):
        """Works off a message for a task of the test's own; what was logged."""

        def work_off(body, *args, **headers):
            app = Celery("test", set_as_current=False)
            task = app.task(name="tests.other", shared=False)(body)
            app.finalize()
            handle = build_tracer(task.name, task, app=app)
            handle("an-id", args, {}, {"id": "an-id", **headers})
            ours = "admintools.jobs.runlog"
            return [line for line in log_lines() if line["logger"] in (ours, "some.library")]

        return work_off

    def test_each_says_that_it_began_for_which_row_and_how_it_ended(self, trace):
        def body(row):
            logging.getLogger("some.library").warning("At work.")

        lines = trace(body, 7, request_id="a1b2c3d4")
        assert [line["event"] for line in lines] == ["task_started", "At work.", "task_completed"]
        assert (lines[0]["task"], lines[0]["rows"]) == ("tests.other", [7])
        for line in lines:
            assert (line["task_id"], line["request_id"]) == ("an-id", "a1b2c3d4")
        assert structlog.contextvars.get_contextvars() == {}

    def test_one_that_breaks_has_failed(self, trace):
        def body(secret):
            raise ValueError(secret)

        lines = trace(body, "token=hunter2")
        assert (lines[-1]["event"], lines[-1]["status"]) == ("task_failed", "FAILURE")
        assert "hunter2" not in str(lines)
