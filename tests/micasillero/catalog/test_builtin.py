"""The built-in catalogue is whole, and loading it never replaces somebody's tariff."""

import pytest

from micasillero.catalog import builtin, known_codes
from micasillero.catalog.models import PartidaArancelaria

from .tariffs import KETTLES, import_rows, table

pytestmark = pytest.mark.django_db


def test_every_heading_of_the_tariff_has_a_bilingual_line_of_the_tariff():
    builtin.load_builtin()
    leaves = PartidaArancelaria.objects.leaves()
    codes = leaves.values_list("item_no", flat=True)
    assert set(known_codes.headings()) - {code[:4] for code in codes} == set()
    assert {code.replace(".", "") for code in codes} <= set(known_codes.leaf_digits())
    assert not leaves.filter(descripcion_en="").exists()


def test_loading_again_leaves_it_as_it_is():
    builtin.load_builtin()
    PartidaArancelaria.objects.leaves().filter(item_no__startswith="85").update(
        descripcion="A mano"
    )
    before = table()
    assert builtin.load_builtin().loaded is False
    assert table() == before


def test_another_tariff_is_left_as_it_is(file):
    import_rows(file, KETTLES)
    assert builtin.load_builtin().loaded is False
    assert PartidaArancelaria.objects.count() == len(KETTLES)


def test_it_replaces_another_tariff_when_told_to(file):
    import_rows(file, KETTLES)
    assert builtin.load_builtin(replace=True).loaded is True
    assert PartidaArancelaria.objects.count() > len(KETTLES)


def test_a_newer_edition_replaces_an_older_one(tmp_path, monkeypatch):
    header = "item_no,descripcion,descripcion_en,dai,isc,ispc,isv\n"
    monkeypatch.setattr(builtin, "FOLDER", tmp_path)
    edition = tmp_path / "01.csv"
    edition.write_text(header + "0101.21.00.00,Caballos,Horses,0,0,0,0\n")
    builtin.load_builtin()
    edition.write_text(header + "0101.21.00.00,Yeguas,Mares,0,0,0,0\n")
    assert builtin.load_builtin().updated == 1
