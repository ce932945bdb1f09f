"""The seam itself: what the rebuild relies on, on a real engine."""

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.keywords.models import Keyword
from micasillero.search.engines.seam import leftovers_of, previous_of
from micasillero.search.intent import CodeIntent, Wanted
from micasillero.search.reading import all_lines
from micasillero.work import WorkError

from .conftest import LINES
from .doubles import only_elasticsearch


@pytest.fixture
def index(engine):
    """An empty index that is being built."""
    name = f"{engine.alias}-20260101000000-a"
    engine.create_building(name)
    return name


def write(engine, target, chunk):
    with engine.writer(target) as writer:
        writer.index(chunk)
    engine.refresh(target)


def test_what_was_written_is_counted_and_compared(engine, index, lines):
    chunks = list(all_lines())
    for chunk in chunks:
        write(engine, index, chunk)
    written = {line.pk: line.hash for chunk in chunks for line in chunk}
    pages = list(engine.ids_and_hashes(index))
    assert engine.count(index) == len(written) == LINES
    assert dict(pair for page in pages for pair in page) == written
    ids = [pk for page in pages for pk, _hash in page]
    assert ids == sorted(ids)


def test_pages_follow_each_other_without_gap(engine, index, lines, monkeypatch):
    monkeypatch.setattr(f"micasillero.search.engines.{engine.name}.PAGE", 80)
    written = [line for chunk in all_lines() for line in chunk]
    write(engine, index, written)
    pages = list(engine.ids_and_hashes(index))
    assert [len(page) for page in pages] == [80] * 3 + [60]
    assert [pair for page in pages for pair in page] == [(w.pk, w.hash) for w in written]


def test_a_line_written_twice_is_there_once(engine, index, lines):
    chunk = next(all_lines())
    write(engine, index, chunk)
    write(engine, index, chunk[:10])
    assert engine.count(index) == len(chunk)


def test_hashes_are_seen_without_a_refresh(engine, index, lines):
    chunk = next(all_lines())
    with engine.writer(index) as writer:
        writer.index(chunk)
    asked = [chunk[0].pk, chunk[-1].pk, 10**9]
    assert engine.hashes_of(index, asked) == {line.pk: line.hash for line in (chunk[0], chunk[-1])}


def test_a_deleted_id_is_gone_and_one_that_never_was_is_no_fault(engine, index, lines):
    chunk = next(all_lines())
    write(engine, index, chunk)
    with engine.writer(index) as writer:
        writer.delete([chunk[0].pk, 10**9])
    engine.refresh(index)
    assert engine.count(index) == len(chunk) - 1
    assert writer.failed == {}


def test_a_half_written_session_that_fails_raises_its_own_error(engine, index, lines):
    with pytest.raises(RuntimeError, match="on purpose"), engine.writer(index) as writer:
        writer.index(next(all_lines()))
        raise RuntimeError("on purpose")


def test_the_swap_moves_the_alias_and_ends_the_building(engine, index):
    engine.seal(index)
    engine.swap(index, expected=None)
    assert engine.live_index() == index
    (facts,) = engine.indices()
    assert (facts.live, facts.building, facts.held) == (True, False, False)


def test_the_swap_is_refused_when_another_index_is_live_than_expected(engine, index):
    engine.swap(index, expected=None)
    second = f"{engine.alias}-20260101000001-b"
    engine.create_building(second)
    with pytest.raises(WorkError) as refused:
        engine.swap(second, expected=None)
    assert refused.value.code == "swap_refused"
    assert engine.live_index() == index


def test_the_swap_is_refused_for_an_index_that_is_gone(engine, index):
    engine.delete(index)
    with pytest.raises(WorkError) as refused:
        engine.swap(index, expected=None)
    assert refused.value.code == "swap_refused"
    assert engine.live_index() is None


@only_elasticsearch
def test_a_swap_between_our_look_and_our_swap_makes_ours_fail_as_a_whole(
    engine, index, monkeypatch
):
    """Somebody swaps after we have seen which index is live: the call itself must notice."""
    engine.swap(index, expected=None)
    second, third = (f"{engine.alias}-2026010100000{n}-b" for n in (1, 2))
    for name in (second, third):
        engine.create_building(name)
    engine.swap(second, expected=index)
    monkeypatch.setattr(engine, "live_index", lambda: index)
    with pytest.raises(WorkError) as refused:
        engine.swap(third, expected=index)
    assert refused.value.code == "swap_refused"
    monkeypatch.undo()
    assert engine.live_index() == second
    assert {i.name for i in engine.indices() if i.building} == {third}


def test_a_retired_index_takes_writes_only_after_it_was_reopened(engine, index, lines):
    engine.swap(index, expected=None)
    second = f"{engine.alias}-20260101000001-b"
    engine.create_building(second)
    engine.swap(second, expected=index)
    assert [i.name for i in previous_of(engine.indices())] == [index]
    engine.reopen(index)
    write(engine, index, next(all_lines()))
    assert engine.count(index) == LINES // 2
    engine.swap(index, expected=second)
    assert engine.live_index() == index


def test_the_live_index_is_never_deleted(engine, index):
    engine.swap(index, expected=None)
    engine.delete(index)
    assert engine.live_index() == index
    assert engine.count(engine.alias) == 0


def test_a_late_writer_gets_an_error_and_no_new_index(engine, index, lines):
    with pytest.raises(WorkError) as late, engine.writer(index) as writer:
        engine.delete(index)
        writer.index(next(all_lines()))
    assert late.value.code == "index_gone"
    assert engine.indices() == []


def test_an_index_deleted_while_it_is_written_is_gone_for_the_writer(engine, index, lines):
    with pytest.raises(WorkError) as late, engine.writer(index) as writer:
        for chunk in all_lines():
            writer.index(chunk)
        engine.delete(index)
        for chunk in all_lines():
            writer.index(chunk)
    assert late.value.code == "index_gone"
    assert engine.indices() == []


def test_a_writer_never_creates_an_index(engine):
    with pytest.raises(WorkError) as refused, engine.writer(f"{engine.alias}-nowhere"):
        pass
    assert refused.value.code == "index_gone"
    assert engine.indices() == []


def test_an_index_of_another_version_takes_no_documents_of_ours(engine, index, monkeypatch):
    module = f"micasillero.search.engines.{engine.name}"
    monkeypatch.setattr(f"{module}.LAYOUT", 99)
    with pytest.raises(WorkError) as refused, engine.writer(index):
        pass
    assert refused.value.code == "index_outdated"


def test_an_index_that_is_being_built_is_a_leftover_for_the_next_run(engine, index):
    assert [i.name for i in leftovers_of(engine.indices())] == [index]
    assert previous_of(engine.indices()) == []


def test_a_search_before_the_first_rebuild_says_so(engine):
    with pytest.raises(WorkError) as nothing:
        engine.frequencies(engine.alias, ["lampar"])
    assert nothing.value.code == "no_index"


@pytest.fixture
def worded(engine, rebuild):
    """Three lines with texts and keywords whose scores can be worked out."""
    texts = {"6404.11.00.00": "Tenis", "6404.19.00.00": "Sandalias", "9506.91.00.00": "Gimnasia"}
    for code, text in texts.items():
        line = PartidaArancelaria.objects.create(item_no=code, descripcion=text, is_leaf=True)
        if code.startswith("9506"):
            words = ("mesa de tenis", "pesas")
            Keyword.objects.bulk_create(
                Keyword(partida=line, text=t, language="es", source="manual", status="approved")
                for t in words
            )
    rebuild()
    return engine


def test_frequencies_are_those_of_all_fields_together(worded):
    documents, having = worded.frequencies(worded.alias, ["tenis", "pes", "nada"])
    assert (documents, having) == (3, {"tenis": 2, "pes": 1, "nada": 0})


def test_the_score_is_the_best_field_of_each_word_and_the_best_phrase(worded):
    asked = Wanted(
        groups=({"tenis": 2.0}, {"pes": 3.0, "sandali": 1.0}), phrases={"pes": 3.0}, changed=False
    )
    hits = worded.search(worded.alias, asked, 10)
    assert [(hit.code, hit.score) for hit in hits] == [
        ("9506.91.00.00", pytest.approx(2.0 + 3.0 + 3.0)),
        ("6404.11.00.00", pytest.approx(0.8 * 2.0)),
        ("6404.19.00.00", pytest.approx(0.8 * 1.0)),
    ]


def test_a_hit_has_at_least_so_many_of_the_words(worded):
    asked = Wanted(groups=({"tenis": 2.0}, {"pes": 3.0}), phrases={}, changed=False)
    assert [h.code for h in worded.search(worded.alias, asked, 10, at_least=2)] == ["9506.91.00.00"]


def test_words_that_differ_little_are_told_with_their_documents(worded):
    told = worded.alike(worded.alias, ["tennis", "zandali"])
    assert ("tenis", 2) in told["tennis"]
    assert ("sandali", 1) in told["zandali"]


def test_a_server_says_how_it_is_and_the_embedded_engine_needs_not(engine, index):
    assert (engine.health(2) in ("green", "yellow")) == (engine.name == "elasticsearch")


def test_codes_come_in_order_and_begin_with_the_digits(live):
    hits = live.search(live.alias, CodeIntent("770000"), 30)
    codes = [hit.code for hit in hits]
    assert codes == sorted(codes)
    assert len(codes) == 30
    assert all(code.startswith("7700.00") for code in codes)


def test_a_document_that_cannot_be_taken_is_kept_with_its_reason(engine, index, lines):
    chunk = next(all_lines())
    # More than a signed 64-bit column holds.
    bad = chunk[5]._replace(hash=2**63 + 5)
    with engine.writer(index) as writer:
        writer.index([*chunk[:5], bad])
    assert list(writer.failed) == [bad.pk]
    assert writer.failed[bad.pk]
    engine.refresh(index)
    assert engine.count(index) == 5


@only_elasticsearch
def test_elasticsearch_refuses_a_name_that_is_an_index_already(engine):
    engine.client.indices.create(index=engine.alias)
    with pytest.raises(WorkError) as refused:
        engine.create_building(f"{engine.alias}-20260101000000-a")
    assert refused.value.code == "alias_is_index"


@only_elasticsearch
def test_an_index_that_somebody_holds_by_an_alias_is_not_deleted(engine, index):
    engine.client.indices.put_alias(index=index, name=f"{engine.alias}-pinned")
    engine.delete(index)
    assert [i.held for i in engine.indices()] == [True]
    assert leftovers_of(engine.indices()) == []


@only_elasticsearch
def test_an_alias_on_two_indices_is_refused_by_name(engine, index):
    second = f"{engine.alias}-20260101000001-b"
    engine.create_building(second)
    for name in (index, second):
        engine.client.indices.put_alias(index=name, name=engine.alias)
    with pytest.raises(WorkError) as refused:
        engine.live_index()
    assert refused.value.code == "alias_on_several"
    assert second in str(refused.value)
