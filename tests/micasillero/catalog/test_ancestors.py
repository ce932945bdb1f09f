"""The texts above a line."""

import pytest

from micasillero.catalog.ancestors import ancestor_texts
from micasillero.catalog.models import PartidaArancelaria

from .tariffs import line

pytestmark = pytest.mark.usefixtures("kettles")


def test_ancestors_are_read_from_the_heading_down():
    pk = line("7010.11.00.00").pk
    assert ancestor_texts([pk]) == {pk: ["HERVIDORES DE PRUEBA", "De viaje:"]}


def test_a_heading_has_none():
    pk = line("7010").pk
    assert ancestor_texts([pk]) == {pk: []}


def test_an_id_that_is_no_line_has_no_entry():
    assert ancestor_texts([10**9]) == {}


def test_the_manager_gives_the_lines_themselves():
    found = PartidaArancelaria.objects.ancestors_of(line("7010.19.00.00"))
    assert [above.item_no for above in found] == ["7010", "7010.1"]


def test_a_circle_made_by_hand_ends():
    PartidaArancelaria.objects.filter(item_no="7010").update(parent=line("7010.1"))
    pk = line("7010.11.00.00").pk
    assert ancestor_texts([pk]) == {pk: ["HERVIDORES DE PRUEBA", "De viaje:"]}


def test_many_lines_take_few_queries(django_assert_max_num_queries):
    pks = list(PartidaArancelaria.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(3):
        ancestor_texts(pks)
