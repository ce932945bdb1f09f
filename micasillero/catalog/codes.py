"""The forms of a tariff code, and which code stands above which."""

import re
from collections.abc import Container

LEAF = re.compile(r"\d{4}\.\d\d\.\d\d\.\d\d", re.ASCII)
BRANCH = re.compile(
    r"\d{4}(?:\.\d|\.\d\d|\.\d\d\.\d|\.\d\d\.\d\d|\.\d\d\.\d\d\.\d)?",
    re.ASCII,
)
FOUR_SEGMENTS_AND_MORE = re.compile(r"\d{4}\.\d\d\.\d\d\.\d\d\.\d+", re.ASCII)
HEADING_DIGITS = 4


def digits(code: str) -> str:
    """The code without its dots. Two well-formed codes never share their digits."""
    return code.replace(".", "")


def is_leaf(code: str) -> bool:
    """True for exactly dddd.dd.dd.dd: what is declared and indexed."""
    return LEAF.fullmatch(code) is not None


def is_branch(code: str) -> bool:
    """True for dddd, dddd.d, dddd.dd, dddd.dd.d, dddd.dd.dd and dddd.dd.dd.d."""
    return BRANCH.fullmatch(code) is not None


def dotted(number: str) -> str:
    """The code of a string of 4 to 10 digits: ``010121`` is 0101.21."""
    rest = [number[i : i + 2] for i in range(HEADING_DIGITS, len(number), 2)]
    return ".".join([number[:HEADING_DIGITS], *rest])


def parent_of(code: str, known: Container[str]) -> str | None:
    """The nearest code above ``code`` among ``known`` codes: its longest prefix, by digits."""
    number = digits(code)
    for length in range(len(number) - 1, HEADING_DIGITS - 1, -1):
        candidate = dotted(number[:length])
        if candidate in known:
            return candidate
    return None
