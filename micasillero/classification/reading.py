"""A manifest as people have it: lines that they paste, or a table out of a spreadsheet.

* A first line that names columns (descripcion, cantidad, valor, or in English) is a header; its
  separator (tab, semicolon, comma) is the table's.
* Without a header it is a table when most lines end in one or two amounts after the same
  separator: text and value, or text, quantity and value. Otherwise each line is one text, commas
  and all.
* Bytes are UTF-8, UTF-16 with a mark, or Windows-1252, as Excel writes them.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from micasillero.analysis import fold
from micasillero.search.query import LONGEST_QUERY
from micasillero.work import WorkError

from .amounts import amount

MOST_LINES = 500
FAULTS_SHOWN = 20
SEPARATORS = ("\t", ";", ",")
TEXT, QUANTITY, VALUE = "text", "quantity", "value"
NAMES = {
    TEXT: "descripcion description mercancia goods producto product articulo texto text detalle",
    QUANTITY: "cantidad quantity qty cant unidades units",
    VALUE: "valor value cif precio price monto amount",
}
COLUMN_OF = {name: column for column, names in NAMES.items() for name in names.split()}
# What else may stand in the name of a column: "Valor CIF en US$", "Descripción de la mercancía".
BESIDE = frozenset("de la las los del of the en in us$ usd hnl l total".split())  # noqa: SIM905
# What a table without a header holds, by its number of columns.
UNNAMED = {1: (TEXT,), 2: (TEXT, VALUE), 3: (TEXT, QUANTITY, VALUE)}

TOO_LONG = _("the description is longer than %(most)s characters.")
NO_TEXT = _("there is no description.")
NO_AMOUNT = _("“%(text)s” is no amount: write it as 1,234.50.")
TOO_MANY_CELLS = _("there are more columns than names: put a description with commas in quotes.")


@dataclass(frozen=True)
class Goods:
    """One line of a manifest, ``number`` counting the lines of the text from 1."""

    number: int
    text: str
    quantity: Decimal | None = None
    value: Decimal | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong with one line. ``message`` is a msgid."""

    number: int
    message: str
    params: dict[str, object]


class Faulty(Exception):  # noqa: N818 - an answer to the person, not a fault of ours
    """Some lines cannot be read: the first FAULTS_SHOWN of them, in their order."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} lines cannot be read")
        self.faults = faults


def decoded(content: bytes) -> str:
    """The text of a file. Raises WorkError(not-text)."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise WorkError("not-text", _("This is no text file: save the sheet as CSV."))


def read(text: str) -> list[Goods]:
    """The goods in their order, without blank lines.

    Raises Faulty, and WorkError: no-lines, too-many-lines, no-description, broken-table.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    header, separator = _header(first)
    if header:
        rows = _table(text, separator, header)
        next(rows)
    elif found := _separator(text):
        rows = _table(text, found, ())
    else:
        rows = _lines(text)
    told = [_goods(number, cells) for number, cells in rows]
    if faults := [one for one in told if isinstance(one, Fault)]:
        raise Faulty(faults[:FAULTS_SHOWN])
    goods = [one for one in told if isinstance(one, Goods)]
    if not goods:
        raise WorkError("no-lines", _("There is no line: write one kind of goods on each."))
    if len(goods) > MOST_LINES:
        raise WorkError(
            "too-many-lines",
            _("These are %(lines)s lines; a manifest has %(most)s at most: split it."),
            lines=len(goods),
            most=MOST_LINES,
        )
    return goods


@dataclass(frozen=True)
class Cells:
    """One row by column; ``too_many``: it has more cells than there are columns."""

    told: dict[str, str]
    too_many: bool = False


Row = tuple[int, Cells]


def _header(line: str) -> tuple[list[str], str]:
    """The columns that a first line names, "" for one that is passed over; none without a header.

    Raises WorkError when it names columns, and no description or two of a kind.
    """
    for separator in SEPARATORS:
        cells = line.split(separator)
        columns = [_column(cell) for cell in cells]
        named = [column for column in columns if column]
        if not named or (len(cells) == 1 and named != [TEXT]):
            continue
        if named.count(TEXT) != 1 or len(named) != len(set(named)):
            raise WorkError(
                "no-description",
                _("The first line must name one column descripcion, and each other column once."),
            )
        return columns, separator
    return [], ""


def _column(cell: str) -> str:
    """What a cell of a header names, "" for anything else."""
    words = fold(cell.strip().strip('"').partition("(")[0]).split()
    if not words or words[0] not in COLUMN_OF:
        return ""
    known = all(word in COLUMN_OF or word in BESIDE for word in words)
    return COLUMN_OF[words[0]] if known else ""


def _separator(text: str) -> str:
    """What separates the columns of a table without a header; "" for a list of texts."""
    lines = [line for line in text.splitlines() if line.strip()]
    for separator in SEPARATORS:
        ends = sum(_ends_in_amounts(line, separator) for line in lines)
        if ends * 2 > len(lines):
            return separator
    return ""


def _ends_in_amounts(line: str, separator: str) -> bool:
    try:
        cells = next(csv.reader([line], delimiter=separator))
    except csv.Error:
        return False
    amounts = [cell for cell in cells[1:] if cell.strip()]
    few = len(cells) in UNNAMED and bool(amounts)
    return few and all(_amount_or_none(cell) is not None for cell in amounts)


def _amount_or_none(text: str) -> Decimal | None:
    try:
        return amount(text)
    except ValueError:
        return None


def _table(text: str, separator: str, header: Sequence[str]) -> Iterator[Row]:
    """The rows of a table by column, its header row included."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                columns = header or UNNAMED.get(len(cells), UNNAMED[3])
                yield number, _by_column(columns, cells)
            number = reader.line_num + 1
    except csv.Error as error:
        raise WorkError(
            "broken-table",
            _("The table is broken at line %(line)s (%(reason)s): look at its quotation marks."),
            line=number,
            reason=str(error),
        ) from None


def _by_column(columns: Sequence[str], cells: list[str]) -> Cells:
    told = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
    return Cells(told, too_many=any(cell.strip() for cell in cells[len(columns) :]))


def _lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, Cells({TEXT: _unquoted(line.strip())})


def _unquoted(line: str) -> str:
    """A cell as a spreadsheet writes a text with commas."""
    if len(line) > 2 and line[0] == line[-1] == '"':
        return line[1:-1].replace('""', '"')
    return line


def _goods(number: int, cells: Cells) -> Goods | Fault:
    text = " ".join(cells.told.get(TEXT, "").split())
    if not text:
        return Fault(number, NO_TEXT, {})
    if len(text) > LONGEST_QUERY:
        return Fault(number, TOO_LONG, {"most": LONGEST_QUERY})
    if cells.too_many:
        return Fault(number, TOO_MANY_CELLS, {})
    amounts: list[Decimal | None] = []
    for column in (QUANTITY, VALUE):
        written = cells.told.get(column, "").strip()
        amounts.append(_amount_or_none(written))
        if written and amounts[-1] is None:
            return Fault(number, NO_AMOUNT, {"text": written[:40]})
    return Goods(number, text, *amounts)
