"""What a rebuild or a rollback would do, told without doing it; on both engines."""

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.search import impact
from micasillero.search.documents import LAYOUT
from micasillero.search.impact import rebuild_impact, rollback_impact
from micasillero.search.rollback import rollback_index
from micasillero.work import SilentWork, TryAgain

from .conftest import LINES
from .doubles import Through


def test_a_rebuild_counts_the_tariff_and_the_live_index(live, lines):
    lines[0].delete()
    told = rebuild_impact()
    assert (told.documents, told.indexed, told.live) == (LINES - 1, LINES, live.live_index())
    assert (told.serves, told.detail) == (True, "")


def test_a_rollback_counts_what_it_will_replay(live, lines, rebuild):
    first = live.live_index()
    rebuild()
    changed, gone = lines[0], lines[1]
    PartidaArancelaria.objects.filter(pk=changed.pk).update(descripcion="Pararrayos")
    PartidaArancelaria.objects.filter(pk=gone.pk).delete()
    PartidaArancelaria.objects.create(
        item_no="9503.00.00.00", descripcion="Muñecas de trapo", is_leaf=True
    )
    told = rollback_impact()
    assert (told.index, told.documents) == (first, LINES)
    assert (told.changes, told.complete, told.refusal) == (3, True, "")
    # Looking changed nothing, and the rollback replays as many.
    assert rollback_index(work=SilentWork())["caught_up"] == told.changes


def test_comparing_ends_when_its_time_is_up(live, rebuild):
    rebuild()
    assert not rollback_impact(seconds=-1.0).complete


def test_without_a_previous_index_a_rollback_is_refused(live):
    assert rollback_impact().refusal
    assert rollback_impact().index is None


def test_an_index_of_another_version_is_refused(live, rebuild, monkeypatch):
    rebuild()
    monkeypatch.setattr(impact, "LAYOUT", LAYOUT + 1)
    assert rollback_impact().refusal


@pytest.mark.parametrize("method", ["indices", "count", "ids_and_hashes"])
def test_an_engine_that_fails_is_a_refusal(live, rebuild, method):
    rebuild()

    def away(*args):
        raise TryAgain("away")

    assert rollback_impact(Through(live, **{method: away})).refusal
