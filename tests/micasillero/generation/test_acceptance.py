"""An accepted run goes live behind the quality gate, on a real index."""

import uuid

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation.acceptance import Gate, accept
from micasillero.generation.closing import put_learned
from micasillero.generation.models import GenerationRun
from micasillero.keywords.decisions import decide
from micasillero.keywords.models import Keyword, Status
from micasillero.quality.compare import compare
from micasillero.quality.evaluate import evaluate
from micasillero.quality.judged import JudgedQuery
from micasillero.search.engines import _engine
from micasillero.search.query import search
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork, Stopped, TryAgain, WorkError

from .conftest import RUN

pytestmark = pytest.mark.django_db(transaction=True)

SHOES, HATS = "6404.11.00.00", "6505.00.00.00"
# Answered by the lines' own texts; the second one also by the word "tenis".
QUERIES = [
    JudgedQuery("q1", "calzado de caucho", "text", "", (SHOES,), (SHOES,)),
    JudgedQuery("q2", "tenis", "text", "", (HATS,), (HATS,)),
]


@pytest.fixture(autouse=True)
def index(settings, tmp_path, shoe):
    """A live index of two lines, without keywords."""
    settings.SEARCH_ENGINE, settings.VAR_DIR = "tantivy", tmp_path
    settings.SEARCH_ALIAS = f"partidas-{uuid.uuid4().hex[:8]}"
    _engine.cache_clear()
    PartidaArancelaria.objects.create(
        item_no=HATS, descripcion="Sombreros y viseras para jugar tenis", is_leaf=True
    )
    rebuild_index(work=SilentWork(), token="first")
    yield
    _engine.cache_clear()


def gate(tolerance):
    def worse(before, now):
        change = compare(before.as_json()["outcomes"], now.as_json()["outcomes"])
        return change if change.worse_by(tolerance) else None

    return Gate(lambda work: evaluate(QUERIES, search, work), worse)


LENIENT, STRICT = gate(1.0), gate(0.01)


def codes(text):
    return [hit.code for hit in search(text).hits]


def test_what_passed_is_searched_and_the_doubtful_ones_stay_in_the_queue(written, ana, states):
    assert codes("burros") == []
    told = accept(SilentWork(), RUN, ana, LENIENT)
    assert states() == {"burros": "approved", "championes": "pending", "tenis": "approved"}
    assert codes("burros") == [SHOES]
    assert (told["approved"], told["lines"]) == (2, 1)
    assert Keyword.objects.to_review().get().text == "championes"


def test_the_run_says_who_accepted_it_and_its_words_that_nobody_edited_them(written, ana):
    accept(SilentWork(), RUN, ana, LENIENT)
    written.refresh_from_db()
    assert (written.state, written.decided_by) == ("accepted", ana)
    assert not Keyword.objects.exclude(decided_at=None).exists()


def test_the_figures_before_and_after_are_kept(written, ana):
    accept(SilentWork(), RUN, ana, LENIENT)
    quality = GenerationRun.objects.get().quality
    assert quality["before"]["n"] == quality["now"]["n"] == 2
    assert quality["before"]["S@1"] == 1.0
    assert quality["now"]["S@1"] == 0.5
    assert quality["worse"] is False


def test_words_that_make_the_search_worse_are_taken_out_again(written, ana, states):
    with pytest.raises(WorkError) as told:
        accept(SilentWork(), RUN, ana, STRICT)
    assert told.value.code == "quality_fell"
    assert set(states().values()) == {"pending"}
    assert (codes("burros"), codes("tenis")) == ([], [HATS])
    written.refresh_from_db()
    assert (written.state, written.decided_by, written.quality["worse"]) == ("waiting", None, True)


def test_a_single_decision_is_no_part_of_the_acceptance(written, ana, states):
    decide([Keyword.objects.get(text="tenis").pk], Status.REJECTED, ana)
    told = accept(SilentWork(), RUN, ana, STRICT)
    assert (told["approved"], states()["tenis"]) == (1, "rejected")


def test_without_an_index_nothing_is_asked_and_the_words_wait_for_the_rebuild(
    written, ana, states, settings
):
    settings.SEARCH_ALIAS = "partidas-none"
    _engine.cache_clear()
    told = accept(SilentWork(), RUN, ana, STRICT)
    assert (told["quality"], states()["tenis"]) == ({}, "approved")


def test_an_engine_that_goes_away_leaves_the_run_waiting(written, ana, states):
    asked = []

    def measure(work):
        asked.append(1)
        if len(asked) == 2:
            raise TryAgain("away")
        return STRICT.measure(work)

    with pytest.raises(TryAgain):
        accept(SilentWork(), RUN, ana, Gate(measure, STRICT.worse))
    assert set(states().values()) == {"pending"}
    assert GenerationRun.objects.get().state == "waiting"


class Cancelled(SilentWork):
    """Cancelled once the queries have been asked for the first time."""

    def __init__(self):
        self.reported = []

    def report(self, done, total=None, message="", *, phase="", **params):
        self.reported.append((done, total, phase))

    def should_stop(self):
        return len(self.reported) >= 2


def test_a_cancel_takes_back_what_was_begun(written, ana, states):
    with pytest.raises(Stopped):
        accept(Cancelled(), RUN, ana, LENIENT)
    assert set(states().values()) == {"pending"}


def test_asking_twice_is_one_bar(written, ana):
    work = Cancelled()
    work.should_stop = lambda: False
    accept(work, RUN, ana, LENIENT)
    assert work.reported == [
        (1, 4, "before"), (2, 4, "before"), (2, 4, "index"), (3, 4, "after"), (4, 4, "after"),
    ]  # fmt: skip


def test_an_attempt_that_was_lost_is_begun_anew(written, ana, states):
    Keyword.objects.filter(verdict="passed").update(status="approved")
    GenerationRun.objects.update(state="accepted", quality={"before": {"n": 2}})
    accept(SilentWork(), RUN, ana, LENIENT)
    assert states()["tenis"] == "approved"
    assert GenerationRun.objects.get().quality["before"]["S@1"] == 1.0


def test_an_accepted_run_is_not_accepted_again(written, ana):
    accept(SilentWork(), RUN, ana, LENIENT)
    with pytest.raises(WorkError) as told:
        accept(SilentWork(), RUN, ana, LENIENT)
    assert (told.value.code, told.value.params) == ("run_decided", {"who": "ana"})


def test_a_run_that_is_not_there_is_refused(ana):
    with pytest.raises(WorkError) as told:
        accept(SilentWork(), "nobody's", ana, LENIENT)
    assert told.value.code == "no_such_run"


@pytest.fixture
def learned(shoe):
    """A run of learning that proposed two words, one of which a judged query is about."""
    for text in ("tenis", "burros"):
        Keyword.objects.create(
            partida=shoe, text=text, language="es", source="learned", verdict="passed", run_id=RUN
        )
    put_learned(RUN, {"considered": 9})


def test_a_learned_run_goes_live_as_one(learned, ana, states):
    assert accept(SilentWork(), RUN, ana, LENIENT)["approved"] == 2
    assert codes("burros") == [SHOES]


def test_learned_words_that_make_the_search_worse_are_taken_out_and_wait_again(
    learned, ana, states
):
    with pytest.raises(WorkError, match="answers the judged queries worse"):
        accept(SilentWork(), RUN, ana, STRICT)
    assert set(states().values()) == {"pending"}
    assert codes("burros") == []
