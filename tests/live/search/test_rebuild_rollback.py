"""Going back to the index before."""

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.search.query import search
from micasillero.search.rollback import rollback_index
from micasillero.work import SilentWork, Stopped, TryAgain, WorkError

from .conftest import LINES
from .doubles import During, StoppedAt, Through


def test_a_rollback_swaps_back_and_brings_the_data_of_today(live, rebuild):
    first = live.live_index()
    second = rebuild()["index"]
    PartidaArancelaria.objects.create(
        item_no="9503.00.00.00", descripcion="Muñecas de trapo", is_leaf=True
    )
    result = rollback_index(work=SilentWork())
    assert (result["index"], result["previous"]) == (first, second)
    assert (result["documents"], result["caught_up"]) == (LINES + 1, 1)
    assert live.live_index() == first
    assert [hit.code for hit in search("muñecas").hits] == ["9503.00.00.00"]


def test_a_second_rollback_comes_back(live, rebuild):
    second = rebuild()["index"]
    rollback_index(work=SilentWork())
    assert rollback_index(work=SilentWork())["index"] == second


def test_without_a_previous_index_there_is_nothing_to_go_back_to(live):
    served = live.live_index()
    with pytest.raises(WorkError) as refused:
        rollback_index(work=SilentWork())
    assert refused.value.code == "no_previous_index"
    assert live.live_index() == served


def test_a_half_built_index_is_no_previous_one(live):
    live.create_building(f"{live.alias}-20990101000000-dead")
    with pytest.raises(WorkError) as refused:
        rollback_index(work=SilentWork())
    assert refused.value.code == "no_previous_index"


@pytest.mark.parametrize("phase", ["prepare", "swap"])
def test_a_cancelled_rollback_leaves_both_as_they_were(live, rebuild, phase):
    first, second = live.live_index(), rebuild()["index"]
    with pytest.raises(Stopped):
        rollback_index(work=StoppedAt(phase))
    assert live.live_index() == second
    assert rollback_index(work=SilentWork())["index"] == first


def test_what_is_written_during_a_rollback_is_in_the_index(live, rebuild):
    rebuild()

    def write():
        PartidaArancelaria.objects.create(
            item_no="9503.00.00.00", descripcion="Muñecas de trapo", is_leaf=True
        )

    rollback_index(work=During("confirm", write))
    assert [hit.code for hit in search("muñecas").hits] == ["9503.00.00.00"]


@pytest.mark.parametrize("done", [True, False])
def test_a_swap_whose_answer_is_lost_is_never_repeated(live, rebuild, done):
    """A retry would swap back: the rollback ends, in success or with a lasting fault."""
    first, second = live.live_index(), rebuild()["index"]

    def swap(index, *, expected):
        if done:
            live.swap(index, expected=expected)
        raise TryAgain("no answer")

    engine = Through(live, swap=swap)
    if done:
        assert rollback_index(work=SilentWork(), engine=engine)["index"] == first
        assert live.live_index() == first
        return
    with pytest.raises(WorkError) as unknown:
        rollback_index(work=SilentWork(), engine=engine)
    assert unknown.value.code == "swap_unanswered"
    assert live.live_index() == second


def test_a_fault_after_the_swap_does_not_undo_the_rollback(live, rebuild):
    first = live.live_index()
    rebuild()

    def writer(target):
        if target == live.alias:
            raise TryAgain("no answer")
        return live.writer(target)

    rollback_index(work=SilentWork(), engine=Through(live, writer=writer))
    assert live.live_index() == first
