"""The three ways in which a body may end other than by returning or by a defect.

The engine knows no domain: admintools.tasks translates the domain's exceptions into these.
"""


class Stopped(Exception):  # noqa: N818 - a cancel is an outcome
    """The body was asked to stop, did, and left things as they were."""


class Passing(Exception):  # noqa: N818 - says what to do, not what broke
    """A passing fault: another attempt may succeed. ``after``: seconds the other side asked for."""

    def __init__(self, code: str, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.after = after


class Failed(Exception):  # noqa: N818 - an outcome, told to a person
    """A fault that repeating will not mend: a stable code, a msgid and its parameters."""

    def __init__(self, code: str, message: str, params: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.params = params or {}
