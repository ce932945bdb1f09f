"""Reads a tariff file (CSV) row by row, in flat memory, and says of each row what it is.

Columns: ``Codigo`` (or ``item_no``), ``Descripcion``, ``dai``, ``isc``, ``ispc``, ``isv``; and
optionally ``descripcion_en`` and ``partida``. Case and order do not matter, others are ignored.

What a row is, by its trimmed code:

* ``dddd.dd.dd.dd`` is a leaf; ``dddd``, ``dddd.d``, ``dddd.dd``, ``dddd.dd.d``, ``dddd.dd.dd`` and
  ``dddd.dd.dd.d`` are branches.
* Everything else is skipped with its row number, its code and one of the reasons below: a code of
  more than four segments (a national subdivision), a bare number (what a spreadsheet made of a
  code), text in the place of the code (a footnote), any other form (``4811.59.12 .00``), and no
  code at all. Nothing is mended: a guessed code is a wrong tax.
* A line whose whole text is the word SUPRIMIDA is cancelled and skipped, leaf or branch.
* A row without text is skipped; so is one whose rates are not fractions from 0 to 1 with at most
  four decimals. A branch may leave its rates empty, nothing is declared on it.

A row number counts the rows below the header from 1, as the column ``No`` of the official file
does; embedded line breaks do not count. Blank lines are no rows. A fault of the file as a whole
(encoding, quotes, number of fields, NUL) raises WorkError: it may have lost its second half.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.utils.translation import gettext_noop as _

from micasillero.work import WorkError

from . import codes

LONGEST_LINE = 1_000_000
RATES = ("dai", "isc", "ispc", "isv")
RATE_STEP = Decimal("0.0001")
REQUIRED = ("codigo", "descripcion", *RATES)
ALIASES = {"item_no": "codigo", "código": "codigo", "descripción": "descripcion"}
CANCELLED = re.compile(r"[\W_]*SUPRIMID[AO][\W_]*", re.IGNORECASE)
# "- - Los demás" and "- -Toluidinas" lose their marks, "-18 °C" keeps its sign.
LEVEL_MARKS = re.compile(r"(?:[-–—]\s+)*(?:[-–—](?=\D|$))?\s*")
NOT_AVAILABLE = "#N/A"

NO_CODE = _("The row has no code.")
LINE_CANCELLED = _("The line is cancelled (SUPRIMIDA).")
TOO_LONG = _("The code has more than four segments: a subdivision below the tariff line.")
BARE_NUMBER = _("The code is a bare number, not a tariff code.")
NOT_A_CODE = _("There is text in the place of the code, such as a footnote.")
BROKEN_CODE = _("The code is broken: a tariff line is written 0101.21.00.00.")
NO_TEXT = _("The row has no description.")
NO_RATE = _("A rate is missing: write 0 where nothing is due.")
NOT_A_RATE = _("A rate is not a number: fifteen percent is written 0.15.")
RATE_OUTSIDE = _("A rate is outside 0 to 1: fifteen percent is written 0.15.")
RATE_TOO_FINE = _("A rate has more than four decimals.")


@dataclass(frozen=True, slots=True)
class Row:
    """A leaf or a branch. Rates are decimal fractions; ``descripcion_en`` None: no such column."""

    number: int
    code: str
    is_leaf: bool
    descripcion: str
    descripcion_en: str | None
    rates: tuple[Decimal, Decimal, Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is not imported. ``reason`` is a msgid."""

    number: int
    code: str
    reason: str

    def as_json(self) -> dict[str, object]:
        """``{row, code, reason}``, the reason in English."""
        return {"row": self.number, "code": self.code, "reason": self.reason}


class _Unfit(Exception):  # noqa: N818 - the row's fate, caught within this module
    """This row is to be skipped; the argument is the reason."""


def read_rows(path: Path) -> Iterator[Row | Skipped]:
    """The rows of the file in its order.

    Raises WorkError with code file-missing, file-unreadable, not-a-file, file-empty,
    file-too-large, wrong-encoding, missing-columns or broken-file.
    """
    check_size(path)
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            records = csv.reader(_lines(file), strict=True)
            header = next(records, None)
            columns = _columns(header or [])
            for record in records:
                if record:
                    number += 1
                    yield _row(number, record, columns, len(header or []))
    except UnicodeDecodeError:
        raise WorkError(
            "wrong-encoding",
            _("The file is not UTF-8 (near row %(row)s): save it as CSV UTF-8."),
            row=number + 1,
        ) from None
    except csv.Error as error:
        raise broken(number + 1, str(error)) from None
    except OSError as error:
        raise _unreadable(path, error) from None
    if not number:
        raise WorkError("file-empty", _("The file has no rows below its header."))


def check_size(path: Path) -> int:
    """The size in bytes of a file that may be read. Raises WorkError as read_rows does."""
    try:
        status = path.stat()
        if not path.is_file():
            raise WorkError("not-a-file", _("%(name)s is not a file."), name=path.name)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if status.st_size == 0:
        raise WorkError("file-empty", _("The file is empty."))
    if status.st_size > settings.UPLOAD_MAX_BYTES:
        raise too_large(status.st_size)
    return status.st_size


def too_large(size: int) -> WorkError:
    """The error for a file over the limit."""
    return WorkError(
        "file-too-large",
        _(
            "The file has %(size)s MB, more than the %(limit)s MB allowed: is it the tariff? "
            "If it is, raise UPLOAD_MAX_BYTES."
        ),
        size=f"{size / 1024**2:.1f}",
        limit=f"{settings.UPLOAD_MAX_BYTES / 1024**2:g}",
    )


def _unreadable(path: Path, error: Exception) -> WorkError:
    if isinstance(error, FileNotFoundError):
        return WorkError("file-missing", _("There is no file %(name)s."), name=str(path))
    reason = getattr(error, "strerror", None) or str(error)
    return WorkError(
        "file-unreadable",
        _("%(name)s cannot be read: %(reason)s."),
        name=path.name,
        reason=reason,
    )


def broken(row: int, reason: str) -> WorkError:
    """The error for a file that cannot be read on from this row."""
    return WorkError(
        "broken-file",
        _("The file breaks at row %(row)s (%(reason)s): is a quote missing, or was it cut off?"),
        row=row,
        reason=reason,
    )


def _lines(file: TextIO) -> Iterator[str]:
    """Lines of bounded length: a file without line breaks must not end up in memory whole."""
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise csv.Error("a line is longer than a million characters")
        if "\0" in line:
            raise csv.Error("it has a NUL byte, so it is no text")
        yield line


def _columns(header: list[str]) -> dict[str, int]:
    names = [ALIASES.get(n, n) for n in (name.strip().casefold() for name in header)]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise WorkError(
            "missing-columns",
            _(
                "The file lacks the columns %(columns)s: its first line must name them, "
                "separated by commas."
            ),
            columns=", ".join(missing),
        )
    wanted = (*REQUIRED, "descripcion_en", "partida")
    twice = sorted({name for name in wanted if names.count(name) > 1})
    if twice:
        raise WorkError(
            "double-columns",
            _("The file names the column %(columns)s twice: keep one."),
            columns=", ".join(twice),
        )
    return {name: names.index(name) for name in wanted if name in names}


def _row(number: int, record: list[str], columns: dict[str, int], width: int) -> Row | Skipped:
    if len(record) != width:
        raise broken(number, f"{len(record)} fields instead of {width}")
    code = record[columns["codigo"]].strip()
    try:
        leaf = _kind(code)
        text = _text(record, columns)
        rates = tuple(_rate(record[columns[name]].strip(), leaf) for name in RATES)
    except _Unfit as unfit:
        return Skipped(number, code[:60], str(unfit))
    english = columns.get("descripcion_en")
    return Row(
        number,
        code,
        leaf,
        text,
        None if english is None else _one_line(record[english]),
        rates,  # type: ignore[arg-type]
    )


def _kind(code: str) -> bool:
    """True for a leaf, False for a branch."""
    if codes.is_leaf(code):
        return True
    if codes.is_branch(code):
        return False
    if not code:
        raise _Unfit(NO_CODE)
    if codes.FOUR_SEGMENTS_AND_MORE.fullmatch(code):
        raise _Unfit(TOO_LONG)
    if code.isdecimal():
        raise _Unfit(BARE_NUMBER)
    raise _Unfit(BROKEN_CODE if code[0].isdecimal() else NOT_A_CODE)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _text(record: list[str], columns: dict[str, int]) -> str:
    """The row's own text without its level marks.

    ``partida`` starts with the same text in sentence case where ``Descripcion`` shouts; it is
    taken only when the two differ in nothing but case, and never when it is #N/A.
    """
    own = _one_line(record[columns["descripcion"]])
    if CANCELLED.fullmatch(own):
        raise _Unfit(LINE_CANCELLED)
    text = LEVEL_MARKS.sub("", own, count=1)
    if not text:
        raise _Unfit(NO_TEXT)
    path = record[columns["partida"]] if "partida" in columns else NOT_AVAILABLE
    first = LEVEL_MARKS.sub("", _one_line(path.partition(" | ")[0]), count=1)
    return first if first.casefold() == text.casefold() else text


@lru_cache(maxsize=512)
def _number(text: str) -> Decimal | str:
    """The rate, or the reason why it is none. Cached: a tariff has a dozen distinct rates."""
    try:
        rate = Decimal(text)
    except InvalidOperation:
        return NOT_A_RATE
    if not rate.is_finite() or not text.isascii() or "_" in text:
        return NOT_A_RATE
    if not 0 <= rate <= 1:
        return RATE_OUTSIDE
    fine = abs(rate.quantize(RATE_STEP))  # a minus zero would be stored as such
    return fine if fine == rate else RATE_TOO_FINE


def _rate(text: str, leaf: bool) -> Decimal:
    if not text:
        if leaf:
            raise _Unfit(NO_RATE)
        return Decimal("0.0000")
    rate = _number(text)
    if isinstance(rate, str):
        raise _Unfit(rate)
    return rate
