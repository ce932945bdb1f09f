"""Row 22 of the fault matrix: the worker's connections to the broker are dead, and nobody said."""

import time

import pytest

from admintools.jobs.models import Status, TaskHistory
from tests.support.clocks import SOAK, at_most, pick
from tests.support.invariants import hold
from tests.support.site import ended, run_until

from .half_open import Wire

CONSUMES_AGAIN_WITHIN = pick(10.0, 60.0)


@pytest.fixture
def wire(site, broker):
    """The worker reaches the broker through it; the launcher and the dispatcher do not."""
    with Wire(broker.port) as wire:
        yield wire


@pytest.fixture
def wired_worker(site, wire):
    direct = dict(site.env)
    site.env["REDIS_URL"] = f"redis://127.0.0.1:{wire.port}/0"
    if not SOAK:
        site.env["DJANGO_SETTINGS_MODULE"] = "tests.live.faults.settings"
        site.env |= {"TRIAL_SOCKET_TIMEOUT": "1", "TRIAL_HEALTH_CHECK_INTERVAL": "1"}
    worker = site.worker("learning")
    site.env = direct
    return worker


def test_an_idle_worker_consumes_again_in_time(site, wire, wired_worker, start, traced, page):
    """What it fetches while it finds out is lost with the connection, and sent again."""
    run_until(start(items=1), ended)
    assert wire.cut() >= 1
    cut_at = time.monotonic()
    runs = []
    while not TaskHistory.objects.filter(pk__in=runs, epoch=1).exists():
        runs.append(traced(items=3).pk)
        time.sleep(pick(0.5, 2.0))
        took = time.monotonic() - cut_at
        assert took < CONSUMES_AGAIN_WITHIN, f"{len(runs)} messages, and none was taken"
    site.dispatch()
    for run in TaskHistory.objects.filter(pk__in=runs):
        run = run_until(run, ended, timeout=at_most(20))
        assert (run.status, run.epoch) == (Status.SUCCESS, 1)
    assert wired_worker.running
    hold(site, page)


def test_a_run_in_progress_goes_on(site, wire, wired_worker, traced, page):
    site.dispatch()
    run = traced(items=pick(60, 900), pause=0.1)
    run_until(run, lambda r: r.done >= 5)
    wire.cut()
    run = run_until(run, ended, timeout=pick(30, 200))
    assert (run.status, run.epoch) == (Status.SUCCESS, 1)
    hold(site, page)
