"""The ten steps, with somebody searching, somebody writing and something failing meanwhile."""

import json

import pytest

from micasillero.catalog.models import DirtyPartida, PartidaArancelaria
from micasillero.search.query import search
from micasillero.search.sync import sync_once
from micasillero.work import Stopped, TryAgain, WorkError

from .conftest import LINES
from .doubles import During, StoppedAt, Through, altering, only_elasticsearch, only_tantivy

PHASES = ("index", "replay", "verify", "swap", "confirm")


def codes(text, k=10):
    return [hit.code for hit in search(text, k).hits]


def names(engine):
    return {index.name for index in engine.indices()}


@pytest.mark.parametrize("synchronised", [False, True])
@pytest.mark.parametrize("phase", PHASES)
def test_what_is_written_during_a_rebuild_is_in_the_new_index(
    live, lines, rebuild, phase, synchronised
):
    changed, deleted = lines[0], lines[1]

    def meddle():
        PartidaArancelaria.objects.create(
            item_no="9503.00.00.00", descripcion="Muñecas de trapo", is_leaf=True
        )
        changed.descripcion = "Pararrayos"
        changed.save()
        PartidaArancelaria.objects.filter(pk=deleted.pk).delete()
        if synchronised:
            # The old index has it now and the dirty set is empty: nothing else may be lost.
            sync_once(live)

    result = rebuild(During(phase, meddle))
    assert codes("muñecas") == ["9503.00.00.00"]
    assert codes("pararrayos") == [changed.item_no]
    assert codes(deleted.item_no) != [deleted.item_no]
    assert live.count(live.alias) == LINES
    assert live.live_index() == result["index"]


def test_a_changed_branch_during_a_rebuild_changes_its_leaves(live, lines, rebuild):
    branch = lines[0].parent

    def meddle():
        branch.descripcion = "Pararrayos"
        branch.save()

    rebuild(During("confirm", meddle))
    below = branch.children.count()
    assert below == len(codes("pararrayos", 50)) == 10


def test_a_rebuild_reports_what_it_did(live, rebuild):
    before = live.live_index()
    result = rebuild()
    assert (result["documents"], result["previous"], result["verified"]) == (LINES, before, True)
    assert result["index"].startswith(f"{live.alias}-")
    assert result["engine"] == live.name
    assert result["caught_up"] == 0
    assert [(i.live, i.building) for i in live.indices()] == [(True, False), (False, False)]


def test_the_index_equals_the_database_after_a_rebuild(live, lines):
    indexed = dict(pair for page in live.ids_and_hashes(live.alias) for pair in page)
    assert sorted(indexed) == [line.pk for line in lines]


def test_a_rebuild_of_an_empty_tariff_is_refused(live, rebuild):
    served = live.live_index()
    PartidaArancelaria.objects.all().delete()
    with pytest.raises(WorkError) as refused:
        rebuild()
    assert refused.value.code == "empty_catalog"
    assert names(live) == {served}


@pytest.mark.parametrize(
    ("code", "alter"),
    [
        ("count_differs", lambda line, pk: None if line.pk == pk else line),
        (
            "differences_remain",
            lambda line, pk: line._replace(hash=1) if line.pk == pk else line,
        ),
        (
            "smoke_failed",
            lambda line, pk: line._replace(row=(*line.row[:3], "nada", "", *line.row[5:])),
        ),
        (
            "smoke_failed",
            lambda line, pk: line._replace(row=(*line.row[:2], "0000.00.00.00", *line.row[3:])),
        ),
        ("never_settles", lambda line, pk: line._replace(hash=1)),
    ],
    ids=["a line lost", "a line altered", "texts lost", "codes lost", "all altered"],
)
def test_a_sabotaged_index_is_never_used(live, lines, rebuild, code, alter):
    served, pk = live.live_index(), lines[100].pk
    with pytest.raises(WorkError) as refused:
        rebuild(engine=altering(live, lambda line: alter(line, pk)))
    assert refused.value.code == code
    assert live.live_index() == served
    assert names(live) == {served}


@pytest.mark.parametrize("phase", ["prepare", "index", "replay", "swap"])
def test_a_cancel_leaves_the_live_index_and_nothing_half_built(live, rebuild, phase):
    served, cancelled = live.live_index(), StoppedAt(phase)
    with pytest.raises(Stopped):
        rebuild(cancelled)
    # Asked for each chunk: no further phase was begun.
    assert cancelled.last == phase
    assert names(live) == {served}
    assert len(codes("lámparas", 100)) > 70


def test_any_other_failure_leaves_the_live_index_and_nothing_half_built(live, rebuild):
    served = live.live_index()

    def fail():
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        rebuild(During("confirm", fail))
    assert names(live) == {served}


@pytest.mark.parametrize(("allowed", "passes"), [(0, False), (1, False), (2, True)])
def test_refused_lines_fail_the_run_above_the_threshold(
    live, lines, rebuild, settings, allowed, passes
):
    settings.SEARCH_FAILURES_ALLOWED = allowed
    served, bad = live.live_index(), {lines[3].pk, lines[200].pk}
    broken = altering(live, lambda line: line._replace(hash=2**63 + 5) if line.pk in bad else line)
    if passes:
        result = rebuild(engine=broken)
        assert (result["documents"], result["failed"]) == (LINES - 2, 2)
        assert live.live_index() == result["index"]
        return
    with pytest.raises(WorkError) as refused:
        rebuild(engine=broken)
    assert refused.value.code == "too_many_failures"
    assert names(live) == {served}


@pytest.mark.parametrize("done", [True, False])
def test_a_swap_whose_answer_is_lost_takes_no_index_away(live, rebuild, done):
    """It may still be carried out, so what it would make live is not deleted."""
    served = live.live_index()

    def swap(index, *, expected):
        if done:
            live.swap(index, expected=expected)
        raise TryAgain("no answer")

    with pytest.raises(TryAgain):
        rebuild(engine=Through(live, swap=swap))
    assert len(names(live)) == 2
    assert (live.live_index() == served) is not done
    assert len(codes("lámparas", 100)) > 70
    result = rebuild()
    assert live.live_index() == result["index"]
    assert len(names(live)) == 2


def test_leftovers_of_killed_runs_go_and_nothing_else(live, rebuild):
    served = live.live_index()
    leftover = f"{live.alias}-20200101000000-dead"
    live.create_building(leftover)
    result = rebuild()
    assert names(live) == {served, result["index"]}


@only_elasticsearch
def test_an_index_of_another_product_is_left_alone(engine, rebuild, lines):
    """It has our prefix, and even our alias's name in its own, but not our mark."""
    foreign = f"{engine.alias}-20200101000000-foreign"
    engine.client.indices.create(index=foreign)
    for _ in range(3):
        rebuild()
    assert engine.client.indices.exists(index=foreign)


@only_tantivy
def test_a_directory_of_somebody_else_is_left_alone(live, rebuild):
    foreign = live.store.root / f"{live.alias}-20200101000000-foreign"
    foreign.mkdir()
    facts = {"product": "theirs", "alias": live.alias, "created_at": "2020-01-01T00:00:00+00:00"}
    (foreign / "index.json").write_text(json.dumps(facts))
    (foreign / "building").touch()
    unmarked = live.store.root / "notes"
    unmarked.mkdir()
    rebuild()
    assert (foreign / "index.json").exists()
    assert unmarked.exists()


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_as_many_previous_indices_are_kept_as_the_settings_say(
    engine, lines, rebuild, settings, kept
):
    settings.SEARCH_PREVIOUS_KEPT = kept
    made = [rebuild()["index"] for _ in range(5)]
    assert names(engine) == set(made[-kept - 1 :])


@pytest.mark.parametrize("phase", ["index", "replay", "confirm"])
def test_a_zombie_neither_swaps_nor_brings_its_index_back(live, rebuild, phase):
    """It wakes up after a newer attempt has done the work, and nobody told it to stop."""
    newer = {}

    with pytest.raises(WorkError) as fenced:
        rebuild(During(phase, lambda: newer.update(rebuild())))
    assert fenced.value.code in {"index_gone", "swap_refused"}
    assert live.live_index() == newer["index"]
    assert names(live) == {newer["index"], newer["previous"]}
    assert live.count(live.alias) == LINES


def test_an_attempt_that_lost_its_run_does_not_swap(live, rebuild):
    class Fenced(Exception):
        pass

    def lost():
        raise Fenced

    served = live.live_index()
    with pytest.raises(Fenced):
        rebuild(During("confirm", lost))
    assert live.live_index() == served


def test_two_reconcilers_at_once_end_with_the_newer_value(live, lines):
    """A value read early and written late is found and replaced by whoever wrote it."""
    line = lines[0]
    PartidaArancelaria.objects.filter(pk=line.pk).update(descripcion="Pararrayos viejo")
    meddled = []

    def hashes_of(target, ids):
        found = live.hashes_of(target, ids)
        if not meddled:
            # Between our reading and our writing, another process writes what is newer.
            meddled.append(True)
            PartidaArancelaria.objects.filter(pk=line.pk).update(descripcion="Pararrayos nuevo")
            rows = list(DirtyPartida.objects.values_list("pk", flat=True))
            sync_once(live)
            assert rows
        return found

    sync_once(Through(live, hashes_of=hashes_of))
    sync_once(live)
    assert search("pararrayos").hits[0].description == "Pararrayos nuevo"
