"""Which clocks the fault tests run by: scaled down in the suite, the real ones by `make soak`."""

import os
from typing import TypeVar

T = TypeVar("T")

SOAK = os.environ.get("SOAK") == "1"
# The real lease against the scaled one, and so what may be waited for at the most.
STRETCH = 22.5 if SOAK else 1.0


def pick(suite: T, soak: T) -> T:
    """A length or a number: the first in the suite, the second in a soak."""
    return soak if SOAK else suite


def at_most(seconds: float) -> float:
    """How long to wait for what takes so long by the suite's clocks."""
    return seconds * STRETCH
