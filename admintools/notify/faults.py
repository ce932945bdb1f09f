"""Why a message did not arrive. ``message`` is a msgid with ``params``; ``answer`` the code that
the other side answered with, where it answered."""

from typing import Any


class Undelivered(Exception):  # noqa: N818 - an outcome, told to a person
    """One of those below."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        answer: int | None = None,
        after: float | None = None,
        **params: Any,
    ) -> None:
        super().__init__(message % params)
        self.code, self.message, self.params = code, message, params
        self.answer, self.after = answer, after


class Passing(Undelivered):
    """Another attempt may succeed, ``after`` so many seconds where the other side said so."""


class Permanent(Undelivered):
    """Every attempt would end so."""


class Gone(Permanent):
    """The receiver is no more and says so: nothing shall be sent there again."""
