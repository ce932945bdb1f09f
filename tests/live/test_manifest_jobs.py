"""A manifest through the queue: handed in, searched by a worker, and after a kill not anew."""

import os
import signal

import pytest

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status
from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.reading import read
from micasillero.classification.searching import PORTION, store
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork
from tests.support.site import ended, run_until

SHOES = "6404.11.00.00"


@pytest.fixture
def index(site):
    PartidaArancelaria.objects.create(item_no=SHOES, descripcion="Tenis", is_leaf=True)
    rebuild_index(work=SilentWork(), token="first")


def hand_in(text):
    """The stored manifest and its run."""
    manifest = store(read(text), name="guía", currency="USD")
    initiator = Initiator(Source.CONSOLE, name="ana")
    return manifest, launch(
        "classify_manifest", parameters={"manifest": manifest.pk}, initiator=initiator
    )


def test_a_killed_worker_costs_no_line_its_hits(site, index):
    """Row 1 of the fault matrix: the next attempt goes on after the portions that were stored."""
    worker = site.worker("celery")
    site.dispatch()
    manifest, run = hand_in("tenis\nmenudencia\n" * 250)
    run_until(run, lambda r: r.checkpoint > 0)
    os.killpg(worker.pid, signal.SIGKILL)
    site.worker("celery", name="w2")
    run = run_until(run, ended, timeout=60)
    assert (run.status, run.error_message) == (Status.SUCCESS, "")
    assert (run.done, run.total, run.result["classified"]) == (500, 500, 500)
    again, lost = run.attempts.all()
    assert again.resumed_from == lost.reached // PORTION * PORTION > 0
    found = manifest.lines.filter(state="found", hits__0__code=SHOES).count()
    assert (found, manifest.lines.filter(state="not_found").count()) == (250, 250)
