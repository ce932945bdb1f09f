"""A run's keywords go as one, and what a person decided singly stays."""

import pytest

from micasillero.catalog.models import DirtyPartida
from micasillero.generation import taking_back
from micasillero.generation.models import GenerationRun
from micasillero.generation.taking_back import Extent, Taken, extent, reject, revert, take_back
from micasillero.keywords.decisions import decide, undo
from micasillero.keywords.models import Keyword, Status
from micasillero.keywords.querysets import KeywordQuerySet
from micasillero.keywords.store import Word, replace
from micasillero.work import WorkError

from .conftest import RUN

pytestmark = pytest.mark.django_db


def keyword(text):
    return Keyword.objects.get(text=text)


def accepted(run):
    Keyword.objects.filter(verdict="passed").update(status=Status.APPROVED)
    GenerationRun.objects.filter(pk=run.pk).update(state="accepted")


def test_a_rejected_run_leaves_nothing_of_its_own(written, ana, states):
    assert reject(RUN, ana) == Taken(3, 0)
    written.refresh_from_db()
    assert (written.state, written.decided_by) == ("rejected", ana)
    assert states() == {}


def test_a_reverted_run_is_out_of_the_search_at_once(written, ana, shoe):
    accepted(written)
    DirtyPartida.objects.all().delete()
    assert revert(RUN, ana) == Taken(3, 0)
    assert DirtyPartida.objects.get().partida_id == shoe.pk
    assert GenerationRun.objects.get().state == "reverted"


def test_what_a_person_decided_singly_stays(written, ana, states):
    accepted(written)
    decide([keyword("championes").pk], Status.APPROVED, ana)
    decide([keyword("tenis").pk], Status.REJECTED, ana, again=True)
    assert revert(RUN, ana) == Taken(1, 2)
    assert states() == {"championes": "approved", "tenis": "rejected"}


def test_undoing_ones_own_decision_does_not_bring_a_reverted_word_back(written, ana, states):
    accepted(written)
    tenis = keyword("tenis").pk
    decide([tenis], Status.REJECTED, ana, again=True)
    revert(RUN, ana)
    assert undo([tenis], ana).done == []
    assert states() == {"tenis": "rejected"}


def test_words_of_other_runs_stay(written, ana, shoe, states):
    Keyword.objects.create(
        partida=shoe, text="zapato", language="es", source="lexicon", run_id="run-2"
    )
    reject(RUN, ana)
    assert list(states()) == ["zapato"]


def test_a_word_that_the_lexicon_says_too_survives_the_run_that_suggested_it(
    written, ana, shoe, states
):
    lexicon = Keyword(source="lexicon", status=Status.APPROVED, run_id="run-2")
    replace(lexicon, [shoe.pk], [Word(shoe.pk, "es", "tenis", {})])
    assert reject(RUN, ana) == Taken(2, 0)
    assert states() == {"tenis": "approved"}


def test_a_run_of_the_lexicon_is_taken_back_as_one(shoe, ana, states):
    for text in ("tenis", "zapato"):
        Keyword.objects.create(
            partida=shoe, text=text, language="es", source="lexicon", status="approved", run_id=RUN
        )
    decide([keyword("zapato").pk], Status.REJECTED, ana, again=True)
    assert revert(RUN, ana) == Taken(1, 1)
    assert states() == {"zapato": "rejected"}


def test_the_lexicon_goes_in_parts_and_what_was_interrupted_is_taken_up(
    shoe, ana, states, monkeypatch
):
    monkeypatch.setattr(taking_back, "PART", 2)
    row = {"partida": shoe, "language": "es", "source": "lexicon", "status": "approved"}
    for n in range(5):
        Keyword.objects.create(text=f"tenis {n}", run_id=RUN, **row)
    gone, delete = [], KeywordQuerySet.delete

    def cut_off(chosen):
        if gone:
            raise OSError("the connection broke")
        gone.append(delete(chosen))
        return gone[0]

    with monkeypatch.context() as broken, pytest.raises(OSError, match="broke"):
        broken.setattr(KeywordQuerySet, "delete", cut_off)
        revert(RUN, ana)
    assert list(states()) == ["tenis 2", "tenis 3", "tenis 4"]
    assert revert(RUN, ana) == Taken(3, 0)


def test_what_taking_back_the_lexicon_does_is_known_before(written, shoe):
    row = {"partida": shoe, "language": "es", "source": "lexicon", "run_id": "run-2"}
    Keyword.objects.create(text="zapato", status="approved", **row)
    Keyword.objects.create(text="calzado", status="rejected", **row)
    Keyword.objects.filter(text="tenis").update(status="approved")
    assert extent("run-2") == Extent(removes=2, searched=2, left=1)
    assert extent(RUN) is None
    assert extent("nobody's") is None


def test_the_second_to_decide_hears_who_was_first(written, ana):
    reject(RUN, ana)
    for act in (reject, revert, take_back):
        with pytest.raises(WorkError) as told:
            act(RUN, ana)
        assert (told.value.code, told.value.params) == ("run_decided", {"who": "ana"})


def test_a_run_that_waits_cannot_be_reverted(written, ana):
    with pytest.raises(WorkError, match="waits for a decision"):
        revert(RUN, ana)


def test_a_run_that_goes_on_cannot_be_decided(written, ana):
    GenerationRun.objects.update(state="running")
    with pytest.raises(WorkError, match="has not ended yet"):
        reject(RUN, ana)


def test_a_run_without_keywords_is_refused(ana):
    with pytest.raises(WorkError) as told:
        revert("nobody's", ana)
    assert told.value.code == "nothing_to_revert"
    with pytest.raises(WorkError) as told:
        reject("nobody's", ana)
    assert told.value.code == "no_such_run"


def test_taking_back_rejects_what_waits_and_reverts_what_was_accepted(written, ana):
    take_back(RUN, ana)
    assert GenerationRun.objects.get().state == "rejected"
    GenerationRun.objects.update(state="accepted")
    take_back(RUN, ana)
    assert GenerationRun.objects.get().state == "reverted"
