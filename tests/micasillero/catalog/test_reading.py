"""What each row of a tariff file is taken for, and which files are refused."""

from decimal import Decimal

import pytest

from micasillero.catalog import reading
from micasillero.catalog.reading import Row, Skipped, read_rows
from micasillero.work import WorkError

from . import tariffs

HEADER = "Codigo,Descripcion,dai,isc,ispc,isv\n"


def only_row(file, code, text="Cosas", *rates):
    (row,) = read_rows(tariffs.write(file, [(code, text, *rates)]))
    return row


def refusal(file):
    with pytest.raises(WorkError) as caught:
        list(read_rows(file))
    return caught.value


def test_ten_digits_in_four_segments_are_a_leaf(file):
    assert only_row(file, " 0101.21.00.00 ").is_leaf is True


@pytest.mark.parametrize(
    "code", ["0101", "0101.2", "0101.21", "0101.21.3", "0101.21.30", "0101.21.30.1"]
)
def test_shorter_codes_are_branches(file, code):
    assert only_row(file, code).is_leaf is False


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("0101.21.00.00.01", reading.TOO_LONG),
        ("0101.21.00.00.1", reading.TOO_LONG),
        ("296186", reading.BARE_NUMBER),
        ("2084418", reading.BARE_NUMBER),
        ("640", reading.BARE_NUMBER),
        ("8433.52.00.00\n.", reading.BROKEN_CODE),
        ("4804.11.00.00.", reading.BROKEN_CODE),
        ("4811.59.12 .00", reading.BROKEN_CODE),
        ("0101.213", reading.BROKEN_CODE),
        ("٠١٠١.٢١.٠٠.٠٠", reading.BROKEN_CODE),
        ("• una nota al pie", reading.NOT_A_CODE),
        ("", reading.NO_CODE),
    ],
)
def test_what_is_no_code_is_skipped_and_says_why(file, code, reason):
    assert only_row(file, code) == Skipped(1, code, reason)


@pytest.mark.parametrize("text", ["+ + SUPRIMIDA + +", "suprimido"])
def test_a_cancelled_line_is_skipped(file, text):
    assert only_row(file, "4414.00.00.00", text).reason == reading.LINE_CANCELLED


def test_the_word_inside_a_text_cancels_nothing(file):
    row = only_row(file, "4414.00.00.00", "Marcos de la partida suprimida")
    assert row.descripcion == "Marcos de la partida suprimida"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("- - Los demás", "Los demás"),
        (" - - Los demás", "Los demás"),
        ("- -Pegados", "Pegados"),
        ("Sin guiones - con uno", "Sin guiones - con uno"),
        ("- Congelado a -18 °C", "Congelado a -18 °C"),
        ("-18 °C o menos", "-18 °C o menos"),
        ("- En dos\nrenglones", "En dos renglones"),
    ],
)
def test_level_marks_and_line_breaks_are_no_text(file, raw, text):
    assert only_row(file, "0101.21.00.00", raw).descripcion == text


@pytest.mark.parametrize("text", ["", "- - "])
def test_a_row_without_text_is_skipped(file, text):
    assert only_row(file, "0101.21.00.00", text).reason == reading.NO_TEXT


def test_the_sentence_case_of_partida_replaces_shouting(file):
    file.write_text(
        "Codigo,Descripcion,dai,isc,ispc,isv,partida\n"
        "0101,COSAS DE ÁNGEL,0,0,0,0,Cosas de Ángel\n"
        "0102,COSAS,0,0,0,0,Otro texto\n"
        "0103,- COSAS,0,0,0,0,#N/A\n",
        encoding="utf-8",
    )
    assert [row.descripcion for row in read_rows(file)] == ["Cosas de Ángel", "COSAS", "COSAS"]


def test_rates_are_decimal_fractions(file):
    row = only_row(file, "0101.21.00.00", "Cosas", "0.15", "1", " 0.0725 ", "0")
    assert row.rates == (Decimal("0.15"), Decimal(1), Decimal("0.0725"), Decimal(0))


@pytest.mark.parametrize(
    ("rate", "reason"),
    [
        ("", reading.NO_RATE),
        ("15 %", reading.NOT_A_RATE),
        ("0,15", reading.NOT_A_RATE),
        ("nan", reading.NOT_A_RATE),
        ("0.1_5", reading.NOT_A_RATE),
        ("15", reading.RATE_OUTSIDE),
        ("-0.1", reading.RATE_OUTSIDE),
        ("1e999", reading.RATE_OUTSIDE),
        ("0.00005", reading.RATE_TOO_FINE),
    ],
)
def test_a_leaf_with_a_bad_rate_is_skipped(file, rate, reason):
    row = only_row(file, "0101.21.00.00", "Cosas", "0", "0", "0", rate)
    assert row == Skipped(1, "0101.21.00.00", reason)


def test_a_branch_may_leave_its_rates_empty(file):
    assert only_row(file, "0101", "Cosas", "", "", "", "").rates == (Decimal(0),) * 4


def test_rows_are_counted_as_records_not_as_lines_of_text(file):
    rows = list(read_rows(tariffs.write(file, [("0101", "En\ndos"), ("0102", "Y otra")])))
    assert [row.number for row in rows] == [1, 2]


def test_blank_lines_are_no_rows(file):
    file.write_text(HEADER + "\n0101,Cosas,0,0,0,0\n\n", encoding="utf-8")
    assert [row.number for row in read_rows(file)] == [1]


def test_a_byte_order_mark_is_no_part_of_the_header(file):
    tariffs.write(file, [("0101", "Cosas")], encoding="utf-8-sig")
    assert isinstance(next(iter(read_rows(file))), Row)


def test_columns_may_come_in_any_order_and_case(file):
    file.write_text(
        "ISV,ITEM_NO,Descripción,descripcion_en,dai,isc,ispc\n0.18,0101,Cosas,Things,0,0,0\n",
        encoding="utf-8",
    )
    (row,) = read_rows(file)
    assert (row.code, row.descripcion_en, row.rates[3]) == ("0101", "Things", Decimal("0.18"))


def test_without_the_column_the_english_text_is_unknown_not_empty(file):
    assert only_row(file, "0101").descripcion_en is None


def test_a_file_that_is_not_utf8_is_refused_with_the_row(file):
    tariffs.write(file, [("0101", "Animales"), ("0102", "Ñandúes")], encoding="latin-1")
    assert refusal(file).code == "wrong-encoding"


def test_utf16_is_refused(file):
    tariffs.write(file, [("0101", "Animales")], encoding="utf-16")
    assert refusal(file).code == "wrong-encoding"


def test_missing_columns_are_named(file):
    file.write_text("Codigo,Descripcion,dai\n0101,Cosas,0\n")
    error = refusal(file)
    assert (error.code, error.params["columns"]) == ("missing-columns", "isc, ispc, isv")


def test_a_column_named_twice_is_refused(file):
    file.write_text("Codigo,Descripcion,dai,isc,ispc,isv,dai\n0101,Cosas,0,0,0,0,1\n")
    assert refusal(file).code == "double-columns"


@pytest.mark.parametrize("content", ["", HEADER, "\n\n"])
def test_a_file_without_rows_is_refused(file, content):
    file.write_text(content)
    assert refusal(file).code in ("file-empty", "missing-columns")


@pytest.mark.parametrize(
    "tail",
    [
        "0102,Cor",
        '0102,"sin cerrar,0,0,0,0\n0103,Cosas,0,0,0,0\n',
        '0102,"mal"cerrada,0,0,0,0\n',
        "0102,Cosas\0,0,0,0,0\n",
        "0102,de,más,0,0,0,0,0\n",
    ],
)
def test_a_file_that_breaks_is_refused_with_the_row(file, tail):
    file.write_text(HEADER + "0101,Cosas,0,0,0,0\n" + tail)
    error = refusal(file)
    assert (error.code, error.params["row"]) == ("broken-file", 2)


def test_a_giant_field_is_refused(file):
    file.write_text(HEADER + '0101,"' + "palabra " * 20_000 + '",0,0,0,0\n')
    assert refusal(file).code == "broken-file"


def test_a_giant_line_is_refused_before_it_is_read_whole(file):
    file.write_text(HEADER + "x" * 1_500_000)
    assert refusal(file).code == "broken-file"


def test_a_file_over_the_limit_is_refused_unread(file, settings):
    settings.UPLOAD_MAX_BYTES = 1024
    file.write_bytes(b"\xff" * 1025)
    assert refusal(file).code == "file-too-large"


def test_a_missing_file_is_refused(file):
    assert refusal(file).code == "file-missing"


def test_a_directory_is_refused(tmp_path):
    assert refusal(tmp_path).code == "not-a-file"
