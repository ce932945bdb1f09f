"""What the commands' arguments may be, for argparse: each takes a text, and says what is wrong."""

import argparse
from collections.abc import Callable
from datetime import date

from django.utils import timezone

from micasillero.generation.providers import PAID
from micasillero.generation.run import LEXICON


def chapter(text: str) -> str:
    """The two digits of a chapter."""
    if not (len(text) == 2 and text.isdecimal() and text.isascii()):
        raise argparse.ArgumentTypeError(f"{text!r} is no chapter: two digits, such as 64")
    return text


def provider(text: str) -> str:
    """ "lexicon", or a model."""
    return text if text == LEXICON else _of_provider(text, (LEXICON, *PAID))


def model(text: str) -> str:
    """A provider of models with or without ":MODEL"."""
    return _of_provider(text, PAID)


def _of_provider(text: str, offered: tuple[str, ...]) -> str:
    if text.partition(":")[0] not in PAID:
        known = ", ".join(offered)
        raise argparse.ArgumentTypeError(f"{text!r} is no provider: choose one of {known}")
    return text


def dollars(text: str) -> float:
    """A sum above zero."""
    try:
        amount = float(text)
    except ValueError:
        amount = 0.0
    if not 0 < amount < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no sum: write dollars, such as 2.50")
    return amount


def day(text: str) -> str:
    """A day that has come, as ISO 8601 writes it."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write 2026-11-01") from None
    if found > timezone.localdate():
        raise argparse.ArgumentTypeError(f"{text} has not come yet")
    return found.isoformat()


def up_to(most: int) -> Callable[[str], int]:
    """A whole number from 1 to that."""

    def number(text: str) -> int:
        if not (text.isdecimal() and text.isascii() and 1 <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to {most}")
        return int(text)

    return number
