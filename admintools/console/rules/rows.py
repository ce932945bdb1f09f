"""A rule as a row of the list."""

from dataclasses import dataclass

from micasillero.compliance.models import Rule


@dataclass(frozen=True)
class Row:
    """One rule, and how many of its alerts are open."""

    rule: Rule
    open: int
