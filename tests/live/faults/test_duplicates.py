"""Rows 11 and 12 of the fault matrix: one message many times, one click many times."""

import threading

from admintools.jobs import publish
from admintools.jobs.models import Status, TaskHistory
from micasillero.catalog.seeding import seed
from tests.support.clocks import at_most
from tests.support.invariants import hold
from tests.support.site import ended, run_until
from tests.support.visitor import wait_for

from .conftest import trace_of

AT_ONCE = 64


def test_a_message_that_comes_sixty_four_times_runs_once(site, broker, traced, page):
    """Row 11: before the run began, while it runs, and after its end."""
    run = traced(items=20, pause=0.1)
    for _ in range(AT_ONCE - 1):
        publish.publish(TaskHistory.objects.get(pk=run.pk))
    assert broker.client().llen("learning") == AT_ONCE
    workers = [site.worker("learning", concurrency=2, name=f"w{n}") for n in (1, 2)]
    ending = run_until(run, ended)
    publish.send(
        "admintools.tasks.trial_count",
        [ending.pk, ending.attempt],
        queue=ending.queue,
        task_id="late",
    )
    last = run_until(traced(items=1), ended)
    assert (ending.status, ending.epoch, last.status) == (Status.SUCCESS, 1, Status.SUCCESS)
    wait_for(
        lambda: sum(w.output().count("dropped: not ours") for w in workers) == AT_ONCE,
        "all duplicates dropped",
        timeout=10,
    )
    assert len(trace_of(run).read_text().splitlines()) == 20
    hold(site, page)


def test_a_visibility_timeout_shorter_than_a_task_runs_it_once(site, traced, page):
    """Row 11 for real: with late acks the broker gives the message of a running task away."""
    site.env |= {
        "DJANGO_SETTINGS_MODULE": "tests.live.faults.settings",
        "TRIAL_ACKS_LATE": "1",
        "TRIAL_VISIBILITY_TIMEOUT": "1",
        "TRIAL_UNACKED_RESTORE_INTERVAL": "1",
        "TRIAL_UNACKED_RESTORE_THROTTLE": "1",
    }
    workers = [site.worker("learning", name=f"w{n}") for n in (1, 2)]
    run = run_until(traced(items=50, pause=0.1), ended)
    assert (run.status, run.epoch) == (Status.SUCCESS, 1)
    assert any("dropped: not ours" in worker.output() for worker in workers), (
        "the broker gave nothing away"
    )
    hold(site, page)


def test_sixty_four_clicks_at_once_make_one_run(site, boss, page):
    """Row 12."""
    seed(100)
    answers = []
    gate = threading.Barrier(AT_ONCE)

    def press():
        gate.wait()
        answers.append(boss.post("/admin/elasticsearch/rebuild/"))

    threads = [threading.Thread(target=press) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = [status for status, _ in answers]
    assert (statuses.count(202), statuses.count(409)) == (1, AT_ONCE - 1)
    running = TaskHistory.objects.get()
    assert {told["task_id"] for _, told in answers} == {running.task_id}
    site.worker("elasticsearch")
    assert run_until(running, ended, timeout=at_most(30)).status == Status.SUCCESS
    hold(site, page)
