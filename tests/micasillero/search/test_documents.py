"""The content hash, and what of a text is searched."""

import pytest

from micasillero.search.documents import FIELDS, document, lineage_of, lines_of, split_exclusions

ROW = (
    *(7, 3, "8517.13.00.00", "Teléfonos", "Phones", "RESTRICTED", "Por orden", "ARSA"),
    *(0.15, 0.0, 0.0, 0.15),
)
ABOVE = lineage_of(["Máquinas", "Aparatos"])


def line_of(row, lineage, *keywords):
    (line,) = lines_of([row], [lineage], {row[0]: keywords} if keywords else {})
    return line


def changed(column):
    value = ROW[column]
    other = value + 1 if isinstance(value, int | float) else f"{value}x"
    return (*ROW[:column], other, *ROW[column + 1 :])


def test_the_same_row_has_the_same_hash():
    assert line_of(ROW, ABOVE).hash == line_of(ROW, lineage_of(["Máquinas", "Aparatos"])).hash


@pytest.mark.parametrize("column", range(2, len(ROW)))
def test_a_change_of_any_column_changes_the_hash(column):
    assert line_of(changed(column), ABOVE).hash != line_of(ROW, ABOVE).hash


def test_a_change_of_an_ancestor_changes_the_hash():
    assert line_of(ROW, lineage_of(["Máquinas", "Otros"])).hash != line_of(ROW, ABOVE).hash


def test_texts_above_do_not_run_into_each_other():
    apart, together = lineage_of(["a b", "c"]), lineage_of(["a", "b c"])
    assert line_of(ROW, apart).hash != line_of(ROW, together).hash


def test_a_change_of_the_keywords_changes_the_hash():
    hashes = [
        line_of(ROW, ABOVE, *keywords).hash
        for keywords in ((), ("celular",), ("cel", "ular"), ("celular", "movil"))
    ]
    assert len(set(hashes)) == 4


def test_the_document_has_the_keywords_as_words_and_as_whole_terms():
    made = document(line_of(ROW, ABOVE, "teléfono de casa", "casa telefono", "celulares"))
    assert made["keywords"] == ("teléfono de casa", "casa telefono", "celulares")
    assert made["phrases"] == ["casa telefon", "celular"]


def test_the_hash_fits_a_signed_column_of_64_bits():
    hashes = [line_of((pk, *ROW[1:]), ABOVE).hash for pk in range(200)]
    assert all(-(2**63) <= value < 2**63 for value in hashes)
    assert len(set(hashes)) == 200


def test_the_document_has_the_fields_of_the_index():
    made = document(line_of(ROW, ABOVE))
    assert tuple(made) == FIELDS
    assert (made["reason"], made["permit_authority"]) == ("Por orden", "ARSA")
    assert (made["code"], made["ancestors"]) == ("8517130000", ("Máquinas", "Aparatos"))


@pytest.mark.parametrize(
    ("text", "searched", "left_out"),
    [
        ("Aves enteras", "Aves enteras", ""),
        ("Aves, excepto pavos", "Aves", "excepto pavos"),
        ("Aves, excepto pavos (gallipavos)", "Aves", "excepto pavos (gallipavos)"),
        ("Gafas (excepto contra el sol), de goma", "Gafas , de goma", "excepto contra el sol"),
        ("Barcos, excepto los de remo; balsas", "Barcos ; balsas", "excepto los de remo"),
        (
            "Papel, excepto el de la partida 48.03, en rollos",
            "Papel , en rollos",
            "excepto el de la partida 48.03",
        ),
        (
            "Peces, excepto los de las subpartidas 0302.91 a 0302.99:",
            "Peces :",
            "excepto los de las subpartidas 0302.91 a 0302.99",
        ),
        ("Felpa, excepto de punto, y chenilla", "Felpa , y chenilla", "excepto de punto"),
        ("Salvo prueba, EXCEPTO una", "", "Salvo prueba, EXCEPTO una"),
    ],
)
def test_exclusions_are_kept_apart(text, searched, left_out):
    assert split_exclusions(text) == (searched, left_out)
