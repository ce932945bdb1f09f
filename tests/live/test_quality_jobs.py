"""The evaluation and the gate through the queue: a click, a worker, figures that are kept."""

import pytest

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status
from micasillero.catalog.models import PartidaArancelaria
from micasillero.keywords.models import Keyword
from micasillero.quality.models import QueryJudgment, SearchEvaluation
from micasillero.search.engines import get_engine
from tests.support.site import ended, run_until

BY_TEST = Initiator(Source.CONSOLE, name="ana")


@pytest.fixture
def line(site, settings):
    settings.SEARCH_ENGINE = site.env["SEARCH_ENGINE"] = "tantivy"
    QueryJudgment.objects.all().delete()
    QueryJudgment.objects.create(query="burros", type="es", relevant=["6404"])
    line = PartidaArancelaria.objects.create(
        item_no="6404.11.00.00", descripcion="Calzado", is_leaf=True
    )
    Keyword.objects.create(
        partida=line, text="burros", language="es", source="manual", status="approved"
    )
    return line


def run(job):
    return run_until(launch(job, initiator=BY_TEST), ended, timeout=60)


def test_a_rebuild_that_answers_worse_fails_and_the_figures_show_what_is_live(site, line):
    site.worker("elasticsearch")
    missing = run("evaluate_search")
    assert (missing.status, missing.error_code) == (Status.FAILURE, "no_index")

    assert run("rebuild_index").status == Status.SUCCESS
    live = get_engine().live_index()
    Keyword.objects.all().delete()
    fell = run("rebuild_index")
    assert (fell.status, fell.error_code) == (Status.FAILURE, "quality_fell")
    assert get_engine().live_index() == live
    texts = " ".join(row.text + str(row.params) for row in fell.lines.all())
    assert "burros" in texts

    measured = run("evaluate_search")
    assert (measured.status, measured.error_message) == (Status.SUCCESS, "")
    assert (measured.result["queries"], measured.result["S@5"]) == (1, 1.0)
    assert (measured.done, measured.total) == (1, 1)
    kept = SearchEvaluation.objects.get(pk=measured.result["evaluation"])
    assert (kept.run_id, kept.index, kept.success_5) == (measured.task_id, live, 1.0)
