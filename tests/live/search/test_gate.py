"""The gate of a rebuild: an index that answers worse than the live one does not go live."""

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.keywords.models import Keyword
from micasillero.quality.gate import gate
from micasillero.quality.models import QueryJudgment
from micasillero.search.query import search
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork, Stopped, WorkError

SHOES = "6404.11.00.00"


class Noting(SilentWork):
    def __init__(self):
        self.notes = []

    def note(self, message, *, level="info", **params):
        self.notes.append(message % params if params else message)

    def said(self, words):
        return any(words in note for note in self.notes)


@pytest.fixture
def work():
    return Noting()


@pytest.fixture(autouse=True)
def queries(engine):
    """Two: one in words, one a code, which is asked of the index at hand as well."""
    QueryJudgment.objects.all().delete()
    QueryJudgment.objects.create(query="burros", type="es", relevant=["6404"])
    QueryJudgment.objects.create(query="6404.11", type="code", relevant=["6404"])


@pytest.fixture
def shoes(engine):
    """One line that people call burros, and three others."""
    for code in ("9503.00.21.00", "8471.30.00.00", "0901.21.00.00"):
        PartidaArancelaria.objects.create(item_no=code, descripcion=f"Otra {code}", is_leaf=True)
    line = PartidaArancelaria.objects.create(item_no=SHOES, descripcion="Calzado", is_leaf=True)
    Keyword.objects.create(
        partida=line, text="burros", language="es", source="manual", status="approved"
    )
    return line


def gated(engine, work, token, **options):
    judge = gate(work, **options)
    return rebuild_index(work=SilentWork(), token=token, engine=engine, gate=judge)


def forget(shoes):
    """What a bad run of keywords would do: the words that found it are gone."""
    Keyword.objects.filter(partida=shoes).delete()


def test_an_index_that_answers_as_well_goes_live(engine, shoes, work):
    first = gated(engine, work, "a")
    assert "quality" not in first
    assert work.said("no live index")
    second = gated(engine, work, "b")
    assert engine.live_index() == second["index"] != first["index"]
    assert (second["S@5"], second["quality"]["queries"]) == (1.0, 2)
    assert second["quality"]["before"] == second["quality"]["now"]
    assert work.said("Judged queries: 2. Live index: S@1 1.000")


def test_one_that_answers_worse_does_not_unless_it_is_accepted(engine, shoes, work):
    live = gated(engine, work, "a")["index"]
    forget(shoes)
    with pytest.raises(WorkError) as refused:
        gated(engine, work, "b")
    assert refused.value.code == "quality_fell"
    assert "S@5 0.500" in str(refused.value)
    assert "S@5 1.000" in str(refused.value)
    assert work.said("“burros”")
    assert [index.name for index in engine.indices()] == [live]
    assert search("burros", engine=engine).hits[0].code == SHOES

    accepted = gated(engine, work, "c", accept_worse=True)
    assert engine.live_index() == accepted["index"]
    assert accepted["quality"]["accepted"] is True
    assert work.said("It goes live all the same")


def test_what_is_within_the_tolerance_goes_live(engine, shoes, work, settings):
    settings.QUALITY_TOLERANCE = 0.5
    gated(engine, work, "a")
    forget(shoes)
    assert gated(engine, work, "b")["quality"]["accepted"] is False


@pytest.mark.parametrize(
    ("relevant", "told"), [(["0101"], "no query has an answer"), (None, "no judged queries")]
)
def test_without_anything_to_ask_it_says_so_and_lets_it_through(
    engine, shoes, work, relevant, told
):
    gated(engine, work, "a")
    if relevant:
        QueryJudgment.objects.update(relevant=relevant)
    else:
        QueryJudgment.objects.all().delete()
    forget(shoes)
    assert gated(engine, work, "b")["index"] == engine.live_index()
    assert work.said(told)


def test_a_live_index_of_another_version_is_not_compared_with(engine, shoes, work, monkeypatch):
    gated(engine, work, "a")
    monkeypatch.setattr("micasillero.quality.gate.LAYOUT", 10_000)
    forget(shoes)
    assert gated(engine, work, "b")["index"] == engine.live_index()
    assert work.said("another version")


def test_a_cancel_is_heard_between_two_queries(engine, shoes):
    class Cancelled(Noting):
        def should_stop(self):
            return True

    live = gated(engine, Noting(), "a")["index"]
    with pytest.raises(Stopped):
        gated(engine, Cancelled(), "b")
    assert [index.name for index in engine.indices()] == [live]
