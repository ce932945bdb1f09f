"""Goods as customers write them, in Spanish and English, a line each: those that must alarm, by the
rule file that answers for them, and everyday ones that must not. Written before the rules, without
them.
"""

from pathlib import Path

LISTS = Path(__file__).parent / "lists"


def _lines(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8").splitlines())


PROHIBITED_OR_RESTRICTED = {
    path.stem: _lines(path) for path in sorted((LISTS / "named").glob("*.txt"))
}
HARMLESS = _lines(LISTS / "harmless.txt")

# Written after the rules, which were not changed for them: how the rules do with goods they do not
# know. The tests keep to what they reached.
HELD_OUT_NAMED = _lines(LISTS / "held_out_named.txt")
HELD_OUT_HARMLESS = _lines(LISTS / "held_out_harmless.txt")
