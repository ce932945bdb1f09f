"""Undo brings back what an import replaced, and leaves alone what people did since."""

import pytest

from micasillero.catalog.history import changes_of
from micasillero.catalog.models import ImportBatch, PartidaArancelaria
from micasillero.catalog.undo import latest_undoable, undo_import
from micasillero.work import WorkError

from .tariffs import KETTLES, import_rows, line, pending, table

NEXT = (
    ("7010", "CALENTADORES DE PRUEBA"),
    ("7010.2", "- De mesa:"),
    ("7010.21.00.00", "- - Nuevos"),
    ("7010.90.00.00", "- Partes", "0.05", "0.00", "0.00", "0.15"),
)


@pytest.fixture
def second(kettles, file):
    """An import that changes two lines, makes two and removes three."""
    before = table()
    summary = import_rows(file, NEXT)
    pending()
    return summary.batch, before


def test_every_value_and_key_returns(second):
    batch, before = second
    result = undo_import(batch)
    assert table() == before
    counts = (result["restored"], result["recreated"], result["deleted"], result["kept"])
    assert counts == (2, 3, 2, [])


def test_the_batch_is_marked_undone(second):
    undo_import(second[0])
    batch = ImportBatch.objects.get(pk=second[0])
    assert batch.status == "UNDONE"
    assert batch.undone_at is not None


def test_every_line_that_moved_is_marked(second):
    there = set(PartidaArancelaria.objects.values_list("pk", flat=True))
    undo_import(second[0])
    back = set(PartidaArancelaria.objects.leaves().values_list("pk", flat=True))
    assert pending() >= (there - back) | (back - there)


def test_the_import_before_it_can_be_undone_next(second, kettles):
    undo_import(second[0])
    undo_import(kettles.batch)
    assert table() == []


def test_undoing_twice_tells_the_first_outcome(second):
    first = undo_import(second[0])
    before = table()
    assert undo_import(second[0]) == first
    assert table() == before


def test_an_older_import_is_refused_with_the_one_in_the_way(second, kettles):
    with pytest.raises(WorkError) as caught:
        undo_import(kettles.batch)
    assert caught.value.code == "not-the-latest"
    assert caught.value.params["latest"] == second[0]


def test_a_later_import_that_changed_nothing_is_not_in_the_way(second, file):
    import_rows(file, NEXT)
    assert latest_undoable().pk == second[0]
    undo_import(second[0])
    assert line("7010").descripcion == "HERVIDORES DE PRUEBA"


def test_an_unknown_import_is_refused(db):
    with pytest.raises(WorkError) as caught:
        undo_import(999)
    assert caught.value.code == "no-such-import"


def test_an_upload_that_was_never_applied_is_refused(db):
    batch = ImportBatch.objects.create(file_name="x.csv", file_hash="0" * 64)
    with pytest.raises(WorkError) as caught:
        undo_import(batch.pk)
    assert caught.value.code == "not-applied"


def test_a_field_edited_since_is_kept_and_reported(second):
    PartidaArancelaria.objects.filter(item_no="7010").update(descripcion="A mano")
    result = undo_import(second[0])
    assert line("7010").descripcion == "A mano"
    assert result["kept"] == [{"code": "7010", "fields": ["descripcion"]}]


def test_another_field_edited_since_does_not_hinder(second):
    PartidaArancelaria.objects.filter(item_no="7010").update(descripcion_en="Heaters")
    result = undo_import(second[0])
    assert (line("7010").descripcion, line("7010").descripcion_en) == (
        "HERVIDORES DE PRUEBA",
        "Heaters",
    )
    assert result["kept"] == []


def test_a_new_line_edited_since_stays_with_its_branch(second):
    PartidaArancelaria.objects.filter(item_no="7010.21.00.00").update(
        courier_category="RESTRICTED", category_by_hand=True
    )
    result = undo_import(second[0])
    assert line("7010.21.00.00").parent.item_no == "7010.2"
    assert [kept["code"] for kept in result["kept"]] == ["7010.21.00.00"]


def test_a_removed_line_made_anew_by_hand_is_kept(second):
    made = PartidaArancelaria.objects.create(
        item_no="7010.11.00.00", descripcion="A mano", is_leaf=True
    )
    result = undo_import(second[0])
    assert line("7010.11.00.00").pk == made.pk
    assert {"code": "7010.11.00.00", "fields": ["item_no"]} in result["kept"]


def test_a_line_deleted_since_is_not_brought_back(second):
    line("7010.90.00.00").delete()
    undo_import(second[0])
    assert not PartidaArancelaria.objects.filter(item_no="7010.90.00.00").exists()


def test_a_line_s_history_names_the_imports_latest_first(second, kettles):
    latest, first = changes_of("7010.90.00.00")
    assert (latest.batch, latest.kind) == (second[0], "UPDATED")
    assert latest.fields == [("impuesto_dai", "0.0000", "0.0500")]
    assert (first.batch, first.kind) == (kettles.batch, "CREATED")


def test_history_shows_that_an_import_was_undone(second):
    undo_import(second[0])
    assert changes_of("7010.90.00.00")[0].undone_at is not None


def test_importing_the_same_file_after_an_undo_applies_it_again(second, file):
    after = undo_import(second[0])
    assert after["restored"] == 2
    assert import_rows(file, NEXT).updated == 2
    assert import_rows(file, KETTLES).updated == 2
