"""Synthetic lines are as many as asked for, always the same, and hang below branches."""

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.catalog.seeding import MOST, seed
from micasillero.work import WorkError

from .tariffs import pending, table

pytestmark = pytest.mark.django_db


def test_it_makes_the_number_asked_for():
    made = seed(250)
    assert (made["created"], PartidaArancelaria.objects.leaves().count()) == (250, 250)
    assert made["branches"] == PartidaArancelaria.objects.branches().count()


def test_every_text_is_distinct():
    seed(2_000)
    texts = PartidaArancelaria.objects.leaves().values_list("descripcion", flat=True)
    assert len(set(texts)) == 2_000


def test_every_leaf_has_three_ancestors():
    seed(120)
    depths = {
        len(PartidaArancelaria.objects.ancestors_of(leaf))
        for leaf in PartidaArancelaria.objects.leaves()
    }
    assert depths == {3}


def test_it_gives_the_same_lines_again():
    seed(150)
    first = [row[1:] for row in table()]
    PartidaArancelaria.objects.all().delete()
    seed(150)
    again = [row[1:] for row in table()]
    parent = [f.attname for f in PartidaArancelaria._meta.concrete_fields].index("parent_id") - 1
    assert [row[:parent] for row in again] == [row[:parent] for row in first]


def test_seeding_more_adds_only_what_is_missing():
    seed(100)
    assert seed(150)["created"] == 50


def test_seeded_leaves_reach_the_dirty_set():
    seed(30)
    assert len(pending()) == 30


def test_it_goes_on_past_a_heading():
    seed(10_001)
    assert PartidaArancelaria.objects.filter(item_no="7701.00.00.00").exists()


@pytest.mark.parametrize("items", [0, -1, MOST + 1])
def test_a_number_out_of_bounds_is_refused(items):
    with pytest.raises(WorkError):
        seed(items)
