"""Lines as the index reads them."""

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.search import reading
from micasillero.search.reading import all_lines, some_lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaves():
    """Ten leaves under a branch under a heading, and one on its own."""
    create = PartidaArancelaria.objects.create
    heading = create(item_no="8517", descripcion="Teléfonos")
    branch = create(item_no="8517.1", descripcion="Móviles, excepto los de juguete", parent=heading)
    made = [
        create(item_no=f"8517.1{n}.00.00", descripcion=f"Modelo {n}", parent=branch, is_leaf=True)
        for n in range(10)
    ]
    alone = create(item_no="9999.00.00.00", descripcion="Sola", is_leaf=True, impuesto_dai="0.15")
    return [*made, alone]


@pytest.mark.parametrize("read_at_once", [1, 2, 9])
def test_every_leaf_is_read_once_in_the_order_of_the_key(leaves, monkeypatch, read_at_once):
    monkeypatch.setattr(reading, "CHUNK", 3)
    monkeypatch.setattr(reading, "CHUNKS_READ", read_at_once)
    chunks = list(all_lines())
    assert [len(chunk) for chunk in chunks] == [3, 3, 3, 2]
    assert [line.pk for chunk in chunks for line in chunk] == [leaf.pk for leaf in leaves]


def test_reading_ends_when_the_last_chunk_is_full(leaves, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 11)
    monkeypatch.setattr(reading, "CHUNKS_READ", 1)
    assert [len(chunk) for chunk in all_lines()] == [11]


def test_an_empty_tariff_has_no_lines():
    assert list(all_lines()) == []


def test_a_line_knows_the_texts_above_it_without_what_they_exclude(leaves):
    (chunk,) = all_lines()
    assert chunk[0].lineage.texts == ("Teléfonos", "Móviles")
    assert chunk[-1].lineage.texts == ()


def test_rates_are_floats_of_the_decimals(leaves):
    (chunk,) = all_lines()
    assert chunk[-1].row[-4:] == (0.15, 0.0, 0.0, 0.0)


def test_chosen_ids_come_with_the_leaves_among_them(leaves):
    ids = [leaves[0].pk, leaves[0].parent_id, 10**9]
    ((asked, found),) = some_lines(ids)
    assert asked == ids
    assert [line.pk for line in found] == [leaves[0].pk]


def test_all_lines_and_some_lines_agree(leaves):
    ids = [leaf.pk for leaf in leaves]
    ((_asked, some),) = some_lines(ids)
    assert sorted(some) == next(all_lines())


def test_a_circle_of_parents_ends(leaves):
    branch = leaves[0].parent
    PartidaArancelaria.objects.filter(pk=branch.parent_id).update(parent=branch)
    (chunk,) = all_lines()
    assert len(chunk[0].lineage.texts) == reading.DEEPEST


def test_branches_are_let_go_when_too_many(leaves, monkeypatch):
    """Memory must not grow with the catalogue, and the texts stay right."""
    monkeypatch.setattr(reading, "BRANCHES_KEPT", 0)
    monkeypatch.setattr(reading, "CHUNK", 2)
    monkeypatch.setattr(reading, "CHUNKS_READ", 1)
    texts = {line.lineage.texts for chunk in all_lines() for line in chunk}
    assert texts == {("Teléfonos", "Móviles"), ()}
