"""Keywords through the queue: a click, a worker, and a search that finds more than before."""

import os
import signal
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status
from micasillero.catalog.models import PartidaArancelaria
from micasillero.catalog.seeding import seed
from micasillero.events.models import Event
from micasillero.generation.models import GenerationRun
from micasillero.generation.taking_back import revert
from micasillero.keywords.decisions import decide
from micasillero.keywords.models import Keyword
from micasillero.keywords.models import Status as KeywordStatus
from micasillero.quality.models import QueryJudgment
from micasillero.search.engines import get_engine
from micasillero.search.query import search
from micasillero.search.rebuild import rebuild_index
from micasillero.search.sync import sync_once
from micasillero.work import SilentWork
from tests.support.clocks import at_most
from tests.support.site import ended, run_until

BY_TEST = Initiator(Source.CONSOLE, name="ana")
SHOES = "6404.11.00.00"


def generate(**parameters):
    return launch("generate_keywords", parameters=parameters, initiator=BY_TEST)


@pytest.fixture
def line(site):
    return PartidaArancelaria.objects.create(
        item_no=SHOES, descripcion="Calzado con suela de caucho", is_leaf=True
    )


def test_everyday_words_find_the_line_without_a_rebuild(site, engine, line):
    rebuild_index(work=SilentWork(), token="first")
    sync_once()
    assert search("tenis nike").hits == []
    site.worker("ai_generation")
    run = run_until(generate(), ended, timeout=60)
    assert (run.status, run.error_message) == (Status.SUCCESS, "")
    assert (run.result["items"], run.result["without"]) == (1, 0)
    assert Keyword.objects.of_run(run.task_id).count() == run.result["added"] > 0
    assert sync_once() == 1
    get_engine().refresh(get_engine().alias)
    assert [hit.code for hit in search("tenis nike").hits] == [SHOES]


def test_an_accepted_run_is_searched_and_taken_back_without_a_rebuild(site, engine, line):
    """By the queue: approved, brought into the index, and measured against the live one."""
    rebuild_index(work=SilentWork(), token="first")
    sync_once()
    GenerationRun.objects.create(run_id="run-1", provider="p", model="m", state="waiting")
    told = {"partida": line, "language": "es", "source": "ai", "run_id": "run-1"}
    Keyword.objects.create(text="burros", verdict="passed", **told)
    Keyword.objects.create(text="championes", verdict="doubtful", **told)
    asked = {"name": "q1", "query": "burros", "relevant": [SHOES], "best": [SHOES]}
    QueryJudgment.objects.create(type="es", area="", edited_at=timezone.now(), **asked)
    site.worker("elasticsearch")
    run = launch("accept_keywords", parameters={"run": "run-1"}, initiator=BY_TEST)
    run = run_until(run, ended, timeout=60)
    assert (run.status, run.error_message) == (Status.SUCCESS, "")
    # Beside those that the product brings.
    before, now = (run.result["quality"][when]["S@1"] for when in ("before", "now"))
    assert (run.result["approved"], now > before) == (1, True)
    assert [hit.code for hit in search("burros").hits] == [SHOES]
    revert("run-1", None)
    assert sync_once() == 1
    get_engine().refresh(get_engine().alias)
    assert search("burros").hits == []


def test_a_killed_worker_costs_no_line_its_words(site, line):
    """The next attempt goes on after the lines that were stored."""
    seed(3_000)
    PartidaArancelaria.objects.create(item_no="9503.00.10.00", descripcion="x", is_leaf=True)
    worker = site.worker("ai_generation")
    site.dispatch()
    run = generate()
    run_until(run, lambda r: r.checkpoint > 0)
    os.killpg(worker.pid, signal.SIGKILL)
    site.worker("ai_generation", name="w2")
    run = run_until(run, ended, timeout=at_most(60))
    again, lost = run.attempts.all()
    assert (run.status, run.done, run.total) == (Status.SUCCESS, 3_002, 3_002)
    assert again.resumed_from == lost.reached > 0
    told = Keyword.objects.values_list("partida__item_no", flat=True).distinct()
    assert set(told) >= {SHOES, "9503.00.10.00"}


def test_a_word_that_people_chose_is_learned_approved_and_found(site, engine, line):
    """From the events of six people to a search that finds what they meant."""
    rebuild_index(work=SilentWork(), token="first")
    sync_once()
    assert search("burros").hits == []
    Event.objects.bulk_create(asked_for("burros", people=6))
    Event.objects.bulk_create(asked_for("lavadora", people=60, choose=False))
    site.worker("learning")
    run = run_until(launch("learn_keywords", initiator=BY_TEST), ended, timeout=60)
    assert (run.status, run.error_message) == (Status.SUCCESS, "")
    assert (run.result["status"], run.result["proposed"]) == ("success", 1)
    keyword = Keyword.objects.of_run(run.task_id).get()
    assert (keyword.status, keyword.evidence["customers"]["chose"]) == ("pending", 6)
    assert GenerationRun.objects.get(run_id=run.task_id).state == "waiting"
    ana = get_user_model().objects.create_user("ana")
    decide([keyword.pk], KeywordStatus.APPROVED, ana)
    assert sync_once() == 1
    get_engine().refresh(get_engine().alias)
    assert [hit.code for hit in search("burros").hits] == [SHOES]


def asked_for(query, *, people, choose=True):
    """The events of people who saw the line second, and chose it or not, on three days."""
    for n in range(people):
        at = timezone.now() - timedelta(days=1 + n % 3)
        who = {name: f"{name[0]}{n}{query}" for name in ("person", "session", "network")}
        told = {"client": "courier", "occurred_at": at, "received_at": at, "query": query, **who}
        codes = ["6402.91.00.00", SHOES]
        yield Event(event_id=f"i{n}{query}", type="impression", codes=codes, **told)
        if choose:
            yield Event(event_id=f"s{n}{query}", type="selection", code=SHOES, rank=2, **told)
