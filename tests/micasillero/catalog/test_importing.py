"""An import makes the lines equal to the file, keeps what it replaced, and is all or nothing."""

from datetime import date
from decimal import Decimal

import pytest

from micasillero.catalog.importing import import_file
from micasillero.catalog.models import ImportBatch, ImportChange, PartidaArancelaria
from micasillero.work import SilentWork, Stopped, WorkError

from .tariffs import KETTLES, ids, import_rows, line, pending, table, write

RIFLE = ("9303.20.00.00", "Escopetas de prueba")


class Meddler(SilentWork):
    """Changes a line while the import compares, the given number of times."""

    def __init__(self, times):
        self.times = times

    def report(self, done, total=None, message="", *, phase="", **params):
        if phase == "apply" and done == 0 and self.times:
            self.times -= 1
            PartidaArancelaria.objects.filter(item_no="7010").update(descripcion="Entre tanto")


def without(code):
    return [row for row in KETTLES if row[0] != code]


def changed(code, *values):
    return [(code, *values) if row[0] == code else row for row in KETTLES]


@pytest.mark.django_db
def test_a_first_import_accounts_for_every_row(file):
    rows = [*KETTLES, ("296186", "Roto"), ("7010.12.00.00", "+ + SUPRIMIDA + +")]
    summary = import_rows(file, rows)
    counts = (summary.read, summary.leaves, summary.branches, summary.skipped, summary.created)
    assert counts == (7, 3, 2, 2, 5)
    assert [(row["row"], row["code"]) for row in summary.skipped_rows] == [
        (6, "296186"),
        (7, "7010.12.00.00"),
    ]


@pytest.mark.django_db
def test_the_stored_line_is_the_file_s(file):
    import_rows(file, [("7010.90.00.00", "- Partes", "0.10", "0.05", "0", "0.15")])
    leaf = line("7010.90.00.00")
    rates = (leaf.impuesto_dai, leaf.impuesto_isc, leaf.impuesto_ispc, leaf.impuesto_isv)
    assert (leaf.descripcion, leaf.is_leaf) == ("Partes", True)
    assert rates == (Decimal("0.10"), Decimal("0.05"), Decimal(0), Decimal("0.15"))


def test_a_parent_is_the_longest_code_that_begins_the_line(kettles):
    parents = dict(PartidaArancelaria.objects.values_list("item_no", "parent__item_no"))
    assert parents == {
        "7010": None,
        "7010.1": "7010",
        "7010.11.00.00": "7010.1",
        "7010.19.00.00": "7010.1",
        "7010.90.00.00": "7010",
    }


def test_importing_twice_changes_nothing(kettles, file):
    before = list(PartidaArancelaria.objects.order_by("pk").values())
    summary = import_file(file)
    assert (summary.created, summary.updated, summary.removed, summary.unchanged) == (0, 0, 0, 5)
    assert list(PartidaArancelaria.objects.order_by("pk").values()) == before
    assert pending() == set()


def test_a_changed_rate_updates_one_line(kettles, file):
    summary = import_rows(file, changed("7010.90.00.00", "- Partes", "0.05", "0", "0", "0.15"))
    assert (summary.updated, summary.unchanged) == (1, 4)
    assert line("7010.90.00.00").impuesto_dai == Decimal("0.05")
    assert line("7010.90.00.00").version == 2
    assert pending() == ids("7010.90.00.00")


def test_a_changed_branch_touches_its_leaves(kettles, file):
    import_rows(file, changed("7010.1", "- De mesa:"))
    assert pending() >= ids("7010.11.00.00", "7010.19.00.00")


def test_a_line_that_the_file_lacks_is_removed_and_kept_in_the_batch(kettles, file):
    pk = line("7010.90.00.00").pk
    summary = import_rows(file, without("7010.90.00.00"))
    assert summary.removed == 1
    assert not PartidaArancelaria.objects.filter(pk=pk).exists()
    assert pending() == {pk}
    kept = ImportChange.objects.get(batch_id=summary.batch)
    assert (kept.kind, kept.partida_id) == ("REMOVED", pk)
    before = kept.before or {}
    assert (before["descripcion"], before["parent"]) == ("Partes", "7010")


def test_a_new_branch_takes_the_leaves_below_it(kettles, file):
    import_rows(file, [*KETTLES, ("7010.11", "- - De metal:")])
    assert line("7010.11.00.00").parent.item_no == "7010.11"


def test_a_removed_branch_hands_its_leaves_up(kettles, file):
    import_rows(file, without("7010.1"))
    assert line("7010.11.00.00").parent.item_no == "7010"


def test_the_batch_says_who_what_and_when(db, file, django_user_model):
    who = django_user_model.objects.create_user("ana")
    rows = [("7010", "Cosas"), ("7010.90.00.00", "Partes")]
    summary = import_rows(file, rows, user=who, note="Acuerdo 1", valid_from=date(2026, 1, 1))
    batch = ImportBatch.objects.get()
    assert (batch.status, batch.created_by, batch.note) == ("APPLIED", who, "Acuerdo 1")
    assert (batch.valid_from, batch.file_name) == (date(2026, 1, 1), "tariff.csv")
    assert batch.applied_at is not None
    assert batch.summary == summary.as_json() | {"seconds": batch.summary["seconds"]}


def test_a_dry_run_writes_nothing_and_counts_the_same(kettles, file):
    before = table()
    write(file, without("7010.90.00.00"))
    dry = import_file(file, dry_run=True)
    assert (table(), ImportBatch.objects.count(), pending()) == (before, 1, set())
    assert (dry.removed, dry.batch) == (import_file(file).removed, None)


def test_strict_refuses_what_would_be_skipped(kettles, file):
    before = table()
    with pytest.raises(WorkError) as caught:
        import_rows(file, [*KETTLES, ("296186", "Roto")], strict=True)
    assert caught.value.code == "rows-skipped"
    assert "296186" in str(caught.value)
    assert table() == before


OFFICIAL_STYLE = """\
Codigo,Descripcion,dai,isc,ispc,isv,partida
7010,OTROS HERVIDORES,0,0,0,0,Otros hervidores
7010.1,- De viaje:,0,0,0,0,- De viaje: | Otros hervidores
7010.11.00.00,- - Plegables,0.00,0,0,0.15,- - Plegables | - De viaje: | Otros hervidores
7010.19.00.00,- - Los demás,0.00,0,0,0.15,#N/A
7010.90.00.00,- Partes,0.00,0,0,0.15,- Partes | Otros hervidores"""


def test_a_file_may_end_without_a_line_break(kettles, file):
    file.write_text(OFFICIAL_STYLE)
    assert import_file(file).read == 5


@pytest.mark.parametrize(
    "end",
    [
        "7010.90",
        "7010.90.00.00,- Par",
        "7010.90.00.00,- Partes,0.00,0,0,0.1",
        "7010.90.00.00,- Partes,0.00,0,0,0.15,- Par",
        "- Partes | Otros her",
        "0.15,#N",
        "0.15,- - Plegables | - De vi",
        "0.15,- - Plegables | - De viaje: | Ot",
    ],
)
def test_a_file_that_breaks_in_the_middle_leaves_the_table(kettles, file, end):
    before = table()
    file.write_text(OFFICIAL_STYLE[: OFFICIAL_STYLE.index(end) + len(end)])
    with pytest.raises(WorkError) as caught:
        import_file(file)
    assert caught.value.code == "broken-file"
    assert (table(), pending()) == (before, set())


@pytest.mark.parametrize("code", ["7010.90.00.00", "7010.1"])
def test_a_code_that_stands_twice_is_refused_with_its_rows(kettles, file, code):
    with pytest.raises(WorkError) as caught:
        import_rows(file, [*KETTLES, (code, "Otra vez")])
    assert caught.value.code == "duplicate-codes"
    first = [row[0] for row in KETTLES].index(code) + 1
    assert f"{code}: {first}, 6" in str(caught.value)


def test_a_file_without_a_single_tariff_line_is_refused(kettles, file):
    with pytest.raises(WorkError) as caught:
        import_rows(file, [("296186", "Roto"), ("0101", "Cosas")])
    assert caught.value.code == "no-lines"


def test_the_rules_set_the_category_and_its_reason(db, file):
    import_rows(file, [*KETTLES, RIFLE])
    rifle = line(RIFLE[0])
    assert rifle.courier_category == "PROHIBITED"
    assert rifle.category_reason and rifle.permit_authority
    assert line("7010.90.00.00").courier_category == "ALLOWED"


def test_a_category_set_by_hand_survives(kettles, file):
    PartidaArancelaria.objects.filter(item_no="7010.90.00.00").update(
        courier_category="RESTRICTED",
        category_reason="Por orden",
        permit_authority="ARSA",
        category_by_hand=True,
    )
    import_rows(file, changed("7010.90.00.00", "- Piezas"))
    leaf = line("7010.90.00.00")
    assert (leaf.descripcion, leaf.courier_category) == ("Piezas", "RESTRICTED")
    assert (leaf.category_reason, leaf.permit_authority) == ("Por orden", "ARSA")


def test_a_file_without_english_leaves_the_english_alone(kettles, file):
    PartidaArancelaria.objects.filter(item_no="7010").update(descripcion_en="Kettles")
    import_rows(file, changed("7010", "CALENTADORES"))
    assert line("7010").descripcion_en == "Kettles"


def test_an_english_column_is_imported(db, file):
    file.write_text(
        "item_no,descripcion,descripcion_en,dai,isc,ispc,isv\n"
        "7010.90.00.00,Partes,Parts,0,0,0,0.15\n"
    )
    import_file(file)
    assert line("7010.90.00.00").descripcion_en == "Parts"


def test_a_change_made_while_comparing_is_not_overlooked(kettles, file):
    import_rows(file, changed("7010.90.00.00", "- Piezas"), work=Meddler(times=1))
    assert line("7010").descripcion == "HERVIDORES DE PRUEBA"


def test_a_cancelled_import_leaves_the_table(kettles, file):
    class Cancelled(SilentWork):
        def should_stop(self):
            return True

    before = table()
    with pytest.raises(Stopped):
        import_rows(file, without("7010.1"), work=Cancelled())
    assert table() == before


def test_a_worker_that_lost_its_run_writes_nothing(kettles, file):
    class Fenced(SilentWork):
        def confirm(self):
            raise RuntimeError("fenced")

    before = table()
    with pytest.raises(RuntimeError):
        import_rows(file, without("7010.1"), work=Fenced())
    assert table() == before


def test_it_reports_its_phases_outside_the_transaction(db, file, django_assert_num_queries):
    from django.db import connection

    depth = len(connection.savepoint_ids)
    seen = []

    class Watcher(SilentWork):
        def report(self, done, total=None, message="", *, phase="", **params):
            seen.append((phase, len(connection.savepoint_ids) - depth))

    import_rows(file, KETTLES, work=Watcher())
    assert list(dict.fromkeys(phase for phase, _inside in seen)) == ["read", "compare", "apply"]
    assert {inside for _phase, inside in seen} == {0}
