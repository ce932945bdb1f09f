"""Which codes the 2022 tariff of Honduras has, whatever tariff is loaded."""

from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("arancel_2022.txt")


@cache
def leaf_digits() -> tuple[str, ...]:
    """The ten digits of every line, in order."""
    found: list[str] = []
    for row in FILE.read_text(encoding="ascii").splitlines():
        if not row.startswith("#"):
            heading, *rest = row.split()
            found += (heading + six for six in rest)
    return tuple(found)


@cache
def prefixes() -> frozenset[str]:
    """Every start of a line's digits that is a chapter or longer, the whole included."""
    return frozenset(digits[:n] for digits in leaf_digits() for n in range(2, 11) if n != 3)


@cache
def headings() -> tuple[str, ...]:
    """The four digits of every heading that has lines, in order."""
    return tuple(sorted({digits[:4] for digits in leaf_digits()}))
