"""What the work said last, as it is kept from one report to the next."""

from typing import NamedTuple


class Reported(NamedTuple):
    """What the work said last."""

    done: int
    total: int | None
    message: str
    phase: str
    params: dict[str, object]


# A plain tuple, fields as Reported: a named one would double the cost of a report.
Told = tuple[int, int | None, str, str, dict[str, object]]
