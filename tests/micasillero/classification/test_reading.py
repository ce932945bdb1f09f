"""Manifests as people have them: pasted lines, and tables out of a spreadsheet."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micasillero.classification import reading
from micasillero.classification.reading import Faulty, Goods, decoded, read
from micasillero.work import WorkError


def told(text):
    return [(one.text, one.quantity, one.value) for one in read(text)]


def refusal(text):
    with pytest.raises(WorkError) as caught:
        read(text)
    return caught.value


def faults(text):
    with pytest.raises(Faulty) as caught:
        read(text)
    return [(fault.number, fault.message) for fault in caught.value.faults]


def test_pasted_lines_are_texts_commas_and_inches_and_all():
    pasted = 'MENS SHOES, BLACK, SZ 10\n\n  TABLET 10" 64GB  \n"funda, de cuero"'
    assert read(pasted) == [
        Goods(1, "MENS SHOES, BLACK, SZ 10"), Goods(3, 'TABLET 10" 64GB'),
        Goods(4, "funda, de cuero"),
    ]  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "names",
    [
        ("Descripción", "Cantidad", "Valor CIF"),
        ("description", "qty", "value"),
        ("Descripcion de la mercancia", "CANT", "valor (US$)"),
    ],
)
def test_a_header_names_the_columns(separator, names):
    text = f"{separator.join(names)}\nTenis nike{separator}2{separator}120.50\n"
    assert told(text) == [("Tenis nike", Decimal(2), Decimal("120.50"))]


def test_columns_stand_in_any_order_and_others_are_passed_over():
    text = "valor;guia;descripcion\n120;AWB-1;Tenis\n;AWB-2;Gorra\n"
    assert told(text) == [("Tenis", None, Decimal(120)), ("Gorra", None, None)]


@pytest.mark.parametrize(
    ("text", "goods"),
    [
        ("Tenis,2,120\nGorra,1,15.5\n", ("Tenis", Decimal(2), Decimal(120))),
        ("Tenis\t120\nGorra\t15\n", ("Tenis", None, Decimal(120))),
        ('"Tenis, negros";;120\nGorra;1;15', ("Tenis, negros", None, Decimal(120))),
    ],
)
def test_without_a_header_lines_that_end_in_amounts_are_a_table(text, goods):
    assert told(text)[0] == goods


def test_what_is_wrong_is_told_by_the_number_of_its_line():
    text = "descripcion;cantidad;valor\nTenis;dos;120\n\n;1;5\nGorra;1;15;más\n" + "x" * 501 + ";;"
    assert faults(text) == [
        (2, reading.NO_AMOUNT), (4, reading.NO_TEXT), (5, reading.TOO_MANY_CELLS),
        (6, reading.TOO_LONG),
    ]  # fmt: skip


def test_one_broken_amount_makes_no_list_of_a_table():
    assert faults("Tenis,2,120\nGorra,una,15\nBolso,1,30\n") == [(2, reading.NO_AMOUNT)]


def test_a_line_after_a_text_of_two_lines_has_its_own_number():
    assert faults('descripcion;valor\n"Tenis\nnegros";5\nGorra;x\n') == [(4, reading.NO_AMOUNT)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no-lines"),
        (" \n\t\n", "no-lines"),
        ("descripcion;valor\n", "no-lines"),
        ("cantidad;valor\n1;2\n", "no-description"),
        ("descripcion;valor;valor\na;1;2\n", "no-description"),
        ("Tenis\n" * 501, "too-many-lines"),
        ('descripcion;valor\n"Tenis;5\n', "broken-table"),
    ],
)
def test_what_is_no_manifest_is_refused(text, code):
    assert refusal(text).code == code


def test_five_hundred_lines_are_read():
    assert len(read("Tenis\n" * 500)) == 500


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_file_is_read_as_excel_writes_it(encoding):
    assert decoded("Piñata de 3 años".encode(encoding)) == "Piñata de 3 años"


@pytest.mark.parametrize("content", [b"PK\x03\x04\x00\x00", b"\xff\xfea", b"\x81\x8d"])
def test_what_is_no_text_is_refused(content):
    with pytest.raises(WorkError, match="no text file"):
        decoded(content)


# What survives a trip through CSV: one line, single blanks, no edges.
texts = st.text(st.characters(codec="cp1252", exclude_categories=("C", "Z")), min_size=1).map(
    lambda text: text[:80]
)
amounts = st.none() | st.decimals(0, 10**6, places=2)
rows = st.lists(st.tuples(texts, amounts, amounts), min_size=1, max_size=8)


@given(rows, st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8-sig", "cp1252", "utf-16"]))
def test_a_table_reads_back_as_it_was_written(rows, separator, encoding):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["descripcion", "cantidad", "valor"])
    writer.writerows(rows)
    assert told(decoded(out.getvalue().encode(encoding))) == rows


@given(st.text(max_size=200) | st.text('ab,;\t"\n 1.', max_size=200))
def test_any_text_is_read_or_refused_in_words(text):
    try:
        assert read(text)
    except (WorkError, Faulty) as refused:
        assert str(refused)
