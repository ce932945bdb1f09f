"""What long work of the domain is given, whoever runs it: a test, a command or a queued task.

The domain reports and asks; it never knows who listens. Messages are English msgids with named
parameters (``"Indexed %(n)s lines"``, ``n=7494``) so that each reader sees their own language.
"""

from typing import Literal, Protocol

Level = Literal["info", "warning", "error"]


class Stopped(Exception):  # noqa: N818 - a cancel is an outcome, not an error
    """The work was asked to stop and did, leaving things as they were."""


class TryAgain(Exception):  # noqa: N818 - what it asks for, not what went wrong
    """A passing fault (a server away, a queue full): the same work may succeed later.

    ``after`` is the least number of seconds to wait, where the other side named one.
    """

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class WorkError(Exception):
    """A fault that repeating will not mend. ``code`` is a stable word for programs.

    The message says what is wrong and what to do, as a msgid with named parameters.
    """

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(message % params if params else message)
        self.code = code
        self.message = message
        self.params = params


class Work(Protocol):
    """What long work may say, and what it must ask.

    ``resumed_from`` counts the items that earlier attempts have stored (see ``keep``): the work
    goes on after them. Work that keeps nothing starts over, with 0.
    """

    resumed_from: int

    def report(
        self,
        done: int,
        total: int | None = None,
        message: str = "",
        *,
        phase: str = "",
        **params: object,
    ) -> None:
        """Say how far the work is, in items. Cheap: may be called for each item."""

    def note(self, message: str, *, level: Level = "info", **params: object) -> None:
        """Add a line to the run's log. For what a person should read later, not for each item."""

    def refuse(self, item: str, code: str, message: str, **params: object) -> None:
        """Say that one item could not be done and was left out.

        ``item`` is its name for a person, ``code`` a stable word for the reason. The caller bounds
        how many it names: each is kept.
        """

    def keep(self, done: int) -> None:
        """Say that the first ``done`` items are done and stored, for another attempt to go on from.

        Call it last in the transaction that stores their results: both are kept, or neither.
        Raises when the work is no longer this worker's, and then the transaction rolls back.
        """

    def should_stop(self) -> bool:
        """True once somebody cancelled; ask it for each chunk and raise Stopped."""

    def confirm(self) -> None:
        """Raise unless this worker still owns the run. Ask before what cannot be undone."""


class SilentWork:
    """Work nobody watches: for tests and for commands without a run."""

    resumed_from = 0

    def report(
        self,
        done: int,
        total: int | None = None,
        message: str = "",
        *,
        phase: str = "",
        **params: object,
    ) -> None:
        pass

    def note(self, message: str, *, level: Level = "info", **params: object) -> None:
        pass

    def refuse(self, item: str, code: str, message: str, **params: object) -> None:
        pass

    def keep(self, done: int) -> None:
        pass

    def should_stop(self) -> bool:
        return False

    def confirm(self) -> None:
        pass
