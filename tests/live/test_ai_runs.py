"""A run by a model through a real worker: killed in the middle, nothing is paid twice."""

import os
import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status
from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation.accounts import Account
from micasillero.generation.models import GenerationRun, RunState
from micasillero.keywords.models import Keyword
from tests.support.ai_server import AIServer, Reply, keywords
from tests.support.site import ended, run_until

LINES = 40
BY_TEST = Initiator(Source.CONSOLE, name="ana")


@pytest.fixture
def model(site):
    with AIServer() as server:
        site.env.update(server.env)
        for number in range(LINES):
            PartidaArancelaria.objects.create(
                item_no=f"9503.00.{number:02}.00", descripcion=f"Bienes {number}", is_leaf=True
            )
        yield server


def generate(**parameters):
    return launch("generate_keywords", parameters=parameters, initiator=BY_TEST)


def of_run(run):
    return GenerationRun.objects.get(run_id=run.task_id)


def test_a_killed_worker_pays_no_line_twice(site, model):
    """Killed with calls open: those alone may be asked again, for nobody heard their answer."""
    model.delay = 0.05
    worker = site.worker("ai_generation")
    site.dispatch()
    run = generate(provider="anthropic")
    run_until(run, lambda r: r.checkpoint >= 10)
    os.killpg(worker.pid, signal.SIGKILL)
    open_calls = model.most_at_once
    site.worker("ai_generation", name="w2")
    run = run_until(run, ended, timeout=60)
    assert (run.status, run.error_message) == (Status.SUCCESS, "")
    assert (run.done, run.total) == (LINES, LINES)
    asked = model.asked_for()
    assert len(asked) == LINES
    assert max(asked.values()) <= 2
    assert sum(asked.values()) <= LINES + open_calls
    assert Keyword.objects.of_run(run.task_id).count() == 2 * LINES
    row = of_run(run)
    assert (row.state, len(row.sample)) == (RunState.WAITING, 50)
    assert row.counts["lines"] == LINES
    paid = Account.objects.get(name=f"run:{run.task_id}")
    assert row.cost_micros == paid.micros >= LINES * 150
    # One attempt gave its lines to the other; and what is paid is found again by another run.
    again, lost = run.attempts.all()
    assert again.resumed_from == lost.reached >= 10
    before = len(model.requests)
    second = run_until(generate(provider="anthropic"), ended, timeout=60)
    assert (second.status, second.result["reused"]) == (Status.SUCCESS, LINES)
    assert len(model.requests) == before


def test_a_provider_that_misbehaves_costs_no_run_and_passes_no_cap(site, model):
    """Row 18 of the fault matrix: 429, 500, cut, garbage and a violated schema in turn; one line
    that never has a usable answer is named and left out."""
    faults = [
        Reply(status=429, headers={"Retry-After": "0.1"}),
        Reply(status=500),
        Reply(data={}, cut=True),
        Reply(raw="<html>"),
        Reply(data={"es": "no"}),
    ]
    model.script.extend(faults)
    bad = "9503.00.07.00"
    model.usual = lambda asked: Reply(data=[]) if asked.code == bad else keywords(asked)
    site.worker("ai_generation")
    run = run_until(generate(provider="openai"), ended, timeout=60)
    assert (run.status, run.error_message) == (Status.SUCCESS, "")
    assert run.result["refused"] >= 1
    refused = dict(run.lines.exclude(item="").values_list("item", "code"))
    assert refused[bad] == "no_object"
    assert of_run(run).counts["lines"] == LINES

    model.requests.clear()
    run = run_until(generate(provider="anthropic", max_cost=0.004), ended, timeout=60)
    assert (run.status, run.error_code) == (Status.FAILURE, "run_cap")
    row = of_run(run)
    assert 0 < row.cost_micros <= 4000
    assert row.state == RunState.WAITING
    assert row.counts["lines"] < LINES


def test_a_busy_provider_is_left_alone_as_long_as_it_says(site, model):
    """Longer than a worker waits: the run waits instead, and goes on where it stood."""
    model.script.extend([keywords_of_nothing()] * 3)
    model.script.append(Reply(status=429, headers={"Retry-After": "300"}))
    site.worker("ai_generation")
    site.dispatch()
    run = run_until(generate(provider="openai"), lambda r: r.status == Status.RETRY, timeout=60)
    assert run.next_attempt_at
    assert run.next_attempt_at > timezone.now() + timedelta(seconds=200)
    assert of_run(run).state == RunState.RUNNING


def keywords_of_nothing():
    return Reply(data={"es": ["botas"], "en": []})
