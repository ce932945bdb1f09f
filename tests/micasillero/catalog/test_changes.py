"""Every change leaves its id in the dirty set and lets the version grow."""

import pytest
from django.db import transaction

from micasillero.catalog.models import DirtyPartida, PartidaArancelaria

from .tariffs import ids, line, pending

pytestmark = pytest.mark.usefixtures("kettles")
LEAVES = ("7010.11.00.00", "7010.19.00.00", "7010.90.00.00")


def test_saving_a_leaf_marks_that_leaf_alone():
    line("7010.11.00.00").save()
    assert pending() == ids("7010.11.00.00")


def test_creating_a_line_marks_it():
    made = PartidaArancelaria.objects.create(
        item_no="7010.20.00.00", descripcion="Nueva", is_leaf=True
    )
    assert pending() == {made.pk}
    assert made.version == 1


def test_saving_a_branch_touches_every_leaf_below_it():
    line("7010").save()
    assert pending() >= ids(*LEAVES)


def test_saving_an_inner_branch_leaves_its_neighbours_alone():
    line("7010.1").save()
    assert pending() == ids("7010.1", "7010.11.00.00", "7010.19.00.00")


def test_a_save_raises_the_version_by_one_even_from_a_stale_copy():
    first, second = line("7010.90.00.00"), line("7010.90.00.00")
    first.save()
    second.save()
    assert second.version == 3


def test_a_save_of_named_fields_counts_too():
    leaf = line("7010.90.00.00")
    leaf.descripcion = "Piezas"
    leaf.save(update_fields=["descripcion"])
    leaf.refresh_from_db()
    assert (leaf.version, leaf.descripcion, pending()) == (2, "Piezas", {leaf.pk})


def test_a_failed_save_leaves_the_copy_usable():
    leaf = line("7010.90.00.00")
    leaf.descripcion = None  # type: ignore[assignment]
    with pytest.raises(Exception, match=r"(?i)null"), transaction.atomic():
        leaf.save()
    assert leaf.version == 1


def test_deleting_a_leaf_leaves_its_id():
    leaf = line("7010.11.00.00")
    pk = leaf.pk
    leaf.delete()
    assert pending() == {pk}


def test_deleting_a_branch_touches_the_leaves_that_stay():
    line("7010.1").delete()
    assert pending() >= ids("7010.11.00.00", "7010.19.00.00")
    assert line("7010.11.00.00").version == 2


def test_a_queryset_delete_leaves_every_id():
    gone = ids(*LEAVES)
    PartidaArancelaria.objects.leaves().delete()
    assert pending() == gone


def test_a_queryset_update_marks_what_it_changed():
    PartidaArancelaria.objects.leaves().update(impuesto_dai="0.10")
    assert pending() == ids(*LEAVES)


def test_an_update_that_its_own_filter_no_longer_meets_is_marked():
    PartidaArancelaria.objects.filter(descripcion="Partes").update(descripcion="Piezas")
    assert pending() == ids("7010.90.00.00")


def test_a_queryset_update_of_a_branch_touches_its_leaves():
    PartidaArancelaria.objects.filter(item_no="7010").update(descripcion="Otros")
    assert pending() >= ids(*LEAVES)


def test_an_update_of_nothing_marks_nothing():
    PartidaArancelaria.objects.none().update(descripcion="x")
    PartidaArancelaria.objects.filter(item_no="0000").update(descripcion="x")
    assert pending() == set()


def test_an_update_raises_the_version():
    PartidaArancelaria.objects.leaves().update(impuesto_dai="0.10")
    versions = set(PartidaArancelaria.objects.leaves().values_list("version", flat=True))
    assert versions == {2}


def test_a_bulk_update_marks_and_counts():
    leaf = line("7010.90.00.00")
    leaf.descripcion = "Piezas"
    PartidaArancelaria.objects.bulk_update([leaf], ["descripcion"])
    assert pending() == {leaf.pk}
    assert line("7010.90.00.00").version == 2


def test_a_bulk_create_marks_the_leaves():
    made = PartidaArancelaria.objects.bulk_create(
        PartidaArancelaria(item_no=code, descripcion="x", is_leaf="." in code)
        for code in ("7020", "7020.00.00.00")
    )
    assert pending() == {made[1].pk}


def test_an_upsert_counts_as_a_change():
    leaf = line("7010.90.00.00")
    PartidaArancelaria.objects.bulk_create(
        [PartidaArancelaria(pk=leaf.pk, item_no=leaf.item_no, descripcion="Piezas", is_leaf=True)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["descripcion"],
    )
    assert pending() == {leaf.pk}
    assert line("7010.90.00.00").version == 2


def test_adopting_children_through_the_relation_marks_them():
    line("7010.1").children.add(line("7010.90.00.00"))
    assert pending() == ids("7010.90.00.00")


def test_a_change_that_is_rolled_back_marks_nothing():
    with pytest.raises(RuntimeError), transaction.atomic():
        PartidaArancelaria.objects.leaves().update(impuesto_dai="0.10")
        raise RuntimeError
    assert DirtyPartida.objects.count() == 0


def test_a_circle_of_parents_ends():
    PartidaArancelaria.objects.filter(item_no="7010").update(parent=line("7010.1"))
    pending()
    line("7010").save()
    assert pending() >= ids(*LEAVES)


def test_leaves_and_branches_are_told_apart():
    lines = PartidaArancelaria.objects
    assert (lines.leaves().count(), lines.branches().count()) == (3, 2)
