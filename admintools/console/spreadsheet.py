"""CSV that a spreadsheet shows and never executes.

A library exists (defusedcsv); it lets pass what follows a blank, a tab or a line end, full-width
signs, and a second cell opened by a semicolon, and it rewrites every vertical bar.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

BOM = "\ufeff"  # without it Excel takes UTF-8 for the machine's old code page
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
# Where the list separator is a semicolon the file is cut at those, whatever the quotes say.
_SECOND_CELL = re.compile(r"([;,][\s\"]*)(?=[=+\-@＝＋－＠﹢﹣﹫﹦])")


def inert(value: Any) -> str:
    """The value as the text of one cell that begins no formula, here or after a separator."""
    text = _BREAKS.sub(" ", "" if value is None else str(value))
    text = _SECOND_CELL.sub(r"\1'", text)
    return f"'{text}" if _begins_formula(text) else text


def _begins_formula(text: str) -> bool:
    """Judged by the first visible sign: a spreadsheet may drop what stands before it."""
    for sign in text:
        # NFKC makes one of the full-width, small and raised forms of a sign.
        plain = unicodedata.normalize("NFKC", sign)
        if not plain.isspace() and unicodedata.category(sign)[0] not in "CZ":
            return plain in "=+-@"
    return False


class _Line:
    """A file for csv.writer that hands the line back."""

    def write(self, line: str) -> str:
        return line


_writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL)


def line(cells: Iterable[Any]) -> str:
    """One line with its end, every cell inert and in quotes."""
    return str(_writer.writerow([inert(cell) for cell in cells]))
