"""The codes of a judgment are checked against the loaded tariff."""

import pytest
from django.core.exceptions import ValidationError

from micasillero.catalog.models import PartidaArancelaria
from micasillero.quality import prefixes


@pytest.fixture
def lines(db):
    for code in ("6404.11.00.00", "6404.19.90.00"):
        PartidaArancelaria.objects.create(item_no=code, descripcion="Calzado", is_leaf=True)
    PartidaArancelaria.objects.create(item_no="6405", descripcion="Una partida sin líneas")


def test_codes_are_read_in_any_spelling_and_once():
    told = "6404.11, 640419;64\n85171 6404.11"
    assert prefixes.read(told) == ["6404.11", "6404.19", "64", "8517.1"]


def test_beginnings_of_lines_pass(lines):
    prefixes.check_judgment(["64", "6404.1", "6404.11.00.00"], ["6404.11"])


@pytest.mark.parametrize(
    ("relevant", "best", "field", "told"),
    [
        ([], [], "relevant", "al menos un código"),
        (["zapatos", "6404"], [], "relevant", "zapatos"),
        (["640"], [], "relevant", "640"),
        (["6404.11.00.00.00"], [], "relevant", "6404.11.00.00.00"),
        (["6405"], [], "relevant", "6405"),
        (["6404"], ["9503"], "best", "9503"),
        (["6404.11"], ["6404.19"], "best", "6404.19"),
        ("6404", [], "relevant", "lista"),
        ([6404], [], "relevant", "lista"),
        (["64"] * 61, [], "relevant", "60"),
    ],
)
def test_a_fault_names_the_field_and_the_code(lines, relevant, best, field, told):
    with pytest.raises(ValidationError) as refused:
        prefixes.check_judgment(relevant, best)
    (sentence,) = refused.value.message_dict[field]
    assert told in sentence
